import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { cameraCapture } from '../components/camera-capture.ts';
import { checkbox } from '../components/choices.ts';
import { fileField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `portraitPage`. */
export interface PortraitModel {
  caseId: string;
  /** Why an officer asked for another picture. */
  asked: string | null;
  /** Why the picture that was just sent is of no use. */
  problem: string | null;
  /** What we doubt of the face in it; its sender may have the next one taken as it is. */
  advice: string | null;
  /** The picture that was just sent came from a file. */
  uploaded: boolean;
  /** The passport was read too long ago: it comes first, again. */
  tooLate: boolean;
  /** The case would bind an ID number, which a picture from a file can't. */
  bindsNumber: boolean;
}

/** The live picture: why, how, and the camera. */
export function portraitPage(model: PortraitModel, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    eyebrow: t(model.bindsNumber ? 'proofing.portrait.eyebrow' : 'proofing.portrait.eyebrow_page'),
    title: t('proofing.portrait.title'),
    lead: t(model.bindsNumber ? 'proofing.portrait.lead' : 'proofing.portrait.lead_page'),
  })}${model.tooLate ? readAgain(model, ui) : capture(model, ui)}<p>${link({ label: t('proofing.chip.overview'), href: `/cases/${model.caseId}` })}</p>`;
}

function readAgain({ caseId }: PortraitModel, ui: Ui): Html {
  const { t } = ui;
  const step = html`<input type="hidden" name="step" value="document">${button({ label: t('proofing.portrait.too_late_go') })}`;
  return html`${alert({ tone: 'warning', title: t('proofing.portrait.too_late'), body: t('proofing.portrait.too_late_body') })}${form({ action: `/cases/${caseId}/reopenings`, body: step }, ui)}`;
}

function capture(model: PortraitModel, ui: Ui): Html {
  const { t } = ui;
  const action = `/cases/${model.caseId}/portraits`;
  const live = !model.uploaded;
  return html`${live ? wrongWithPicture(model, ui) : null}${askedAgain(model, ui)}${cameraCapture({ action, fields: live ? asItIs(model, ui) : null }, ui)}<p class="tc-fine-print">${t('proofing.portrait.kept')}</p>${fromFile(model, action, ui)}`;
}

function wrongWithPicture({ problem, advice }: PortraitModel, { t }: Ui): Html | null {
  const code = problem ?? advice;
  if (!code) return null;
  const title = t(problem ? 'proofing.portrait.problem' : 'proofing.portrait.advice');
  return alert({
    tone: 'warning',
    title,
    body: t(`proofing.portrait.problem_${code}`),
    live: true,
  });
}

function askedAgain({ asked, problem, advice }: PortraitModel, { t }: Ui): Html | null {
  if (!asked || problem || advice) return null;
  const body = t(`proofing.asked.${asked}`);
  return alert({ tone: 'warning', title: t('proofing.asked.title'), body, live: false });
}

/** No detector finds every face: whoever is told that theirs is not found has a way past it, to an officer's eyes. */
function asItIs({ advice }: PortraitModel, { t }: Ui): Html | null {
  if (!advice) return null;
  return checkbox({
    name: 'as_it_is',
    label: t('proofing.portrait.as_it_is'),
    hint: t('proofing.portrait.as_it_is_hint'),
  });
}

/** Where there is no camera, or no script to open it: a picture that is on the device already. */
function fromFile(model: PortraitModel, action: string, ui: Ui): Html {
  const { t } = ui;
  const code = model.uploaded ? (model.problem ?? model.advice) : null;
  const error = code ? t(`proofing.portrait.problem_${code}`) : null;
  const body = html`${fileField({
    name: 'picture',
    label: t('proofing.portrait.file'),
    hint: t('proofing.portrait.file_hint'),
    error,
    accept: 'image/jpeg,image/png',
  })}${model.uploaded ? asItIs(model, ui) : null}${button({ label: t('proofing.portrait.file_send'), variant: 'secondary' })}`;
  const limit = model.bindsNumber ? 'file_limit_number' : 'file_limit';
  return html`<details class="ds-details"${error ? html` open` : null}><summary>${t('proofing.portrait.no_camera')}</summary><div><p>${t(`proofing.portrait.${limit}`)}</p>${form({ action, multipart: true, body }, ui)}</div></details>`;
}
