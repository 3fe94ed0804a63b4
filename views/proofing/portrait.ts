import { alert } from '../components/alert.ts';
import { cameraCapture } from '../components/camera-capture.ts';
import { link } from '../components/button.ts';
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
}

/** The live picture: why, how, and the camera. */
export function portraitPage(model: PortraitModel, ui: Ui): Html {
  const { t } = ui;
  const notice = (title: string, body: string, live: boolean) =>
    alert({ tone: 'warning', title: t(title), body: t(body), live });
  return html`${pageHeading({
    eyebrow: t('proofing.portrait.eyebrow'),
    title: t('proofing.portrait.title'),
    lead: t('proofing.portrait.lead'),
  })}${model.problem ? notice('proofing.portrait.problem', `proofing.portrait.problem_${model.problem}`, true) : null}${model.asked && !model.problem ? notice('proofing.asked.title', `proofing.asked.${model.asked}`, false) : null}${cameraCapture({ action: `/cases/${model.caseId}/portraits` }, ui)}<p class="tc-fine-print">${t('proofing.portrait.kept')}</p><p>${link({ label: t('proofing.chip.overview'), href: `/cases/${model.caseId}` })}</p>`;
}
