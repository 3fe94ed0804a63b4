import { alert } from '../components/alert.ts';
import type { Tone } from '../components/alert.ts';
import { button, buttonGroup, link, linkButton } from '../components/button.ts';
import { confirmPanel } from '../components/confirm-panel.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { liveStatus } from '../components/live-status.ts';
import { pageHeading } from '../components/page-heading.ts';
import { progressSteps } from '../components/progress-steps.ts';
import type { Step, StepState } from '../components/progress-steps.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `casePage`. */
export interface CaseModel {
  id: string;
  reference: string;
  pathway: 'chip' | 'data_page' | 'counter';
  forChild: boolean;
  /** The steps of this case in order, and whose they are. */
  steps: readonly { step: string; by: 'applicant' | 'officer' | 'register' }[];
  registerAnswered: boolean;
  step: string;
  /** Its time is over, though nothing has ended it yet. */
  overdue: boolean;
  /** Why an officer asked for a step again. */
  asked: string | null;
  /** Category of a refusal. */
  refusal: string | null;
  /** Why the last reading of the chip was not accepted. */
  chipRefusal: string | null;
  mayGoBack: boolean;
  /** Steps that are done and may be done again. */
  again: readonly ('document' | 'portrait')[];
  /** The separate consent to keep a biometric sample; null where it is not asked. */
  sample: 'asked' | 'agreed' | null;
  /** Of a refused case: what can be done about it. */
  appeal: {
    until: Date | null;
    dueAt: Date | null;
    outcome: string | null;
    hasLetter: boolean;
  } | null;
  returnTo: string | null;
  expiresAt: Date;
  /** What the page polls for. */
  liveState: string;
}

/** Where a case stands and what comes next. */
export function casePage(model: CaseModel, ui: Ui): Html {
  if (model.step === 'approved') return approved(model, ui);
  const isOver = ['refused', 'withdrawn', 'expired'].includes(model.step) || model.overdue;
  return isOver ? over(model, ui) : underWay(model, ui);
}

function underWay(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const turn = model.steps.find(({ step }) => step === model.step)?.by ?? 'officer';
  const waits = turn !== 'applicant' && model.pathway !== 'counter';
  const atCounter = model.pathway === 'counter' && turn === 'officer';
  const progress = progressSteps(
    { label: t('proofing.case.progress'), steps: stepsOf(model, ui) },
    ui,
  );
  const notice = waits
    ? alert({
        tone: 'info',
        title: t('proofing.case.waiting'),
        body: t('proofing.case.waiting_body'),
      })
    : atCounter
      ? alert({ tone: 'info', body: t('proofing.case.at_counter') })
      : null;
  const heading =
    model.pathway === 'counter' ? 'counter' : waits ? 'waiting' : `${model.pathway}_${model.step}`;
  return html`${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t(`proofing.case.heading_${heading}`),
    lead: t('proofing.case.until', { date: ui.formatDate(model.expiresAt) }),
  })}${askedAgain(model, ui)}${liveStatus({ pollUrl: `/cases/${model.id}/status`, state: model.liveState, body: html`${notice}${progress}`, stopAfterSeconds: 7200 }, ui)}${nextAction(model, ui)}${sampleConsent(model, ui)}${asideActions(model, ui)}`;
}

function askedAgain({ asked }: CaseModel, { t }: Ui): Html | null {
  if (!asked) return null;
  return alert({
    tone: 'warning',
    title: t('proofing.asked.title'),
    body: t(`proofing.asked.${asked}`),
  });
}

function stepsOf(model: CaseModel, { t }: Ui): Step[] {
  const order = ['consent', ...model.steps.map(({ step }) => step)];
  const at = order.indexOf(model.step);
  return order.map((step, index) => {
    const state = stateOf(index, at, step, model);
    const key = OWN_WORDS[model.pathway].includes(step) ? `${model.pathway}_${step}` : step;
    return {
      label: t(`proofing.step.${key}`),
      state,
      note: t(`proofing.step_note.${key}_${noteOf(step, state, model)}`),
    };
  });
}

/** The steps that read otherwise on this pathway. */
const OWN_WORDS: Record<CaseModel['pathway'], readonly string[]> = {
  chip: [],
  data_page: ['document', 'portrait', 'review'],
  counter: ['document', 'review'],
};

/** The register is asked while the applicant goes on: its note says so, though the step is not theirs. */
function noteOf(step: string, state: StepState, model: CaseModel): StepState {
  const beingAsked = step === 'register' && model.step === 'portrait';
  return beingAsked || state === 'attention' ? 'current' : state;
}

function stateOf(index: number, at: number, step: string, model: CaseModel): StepState {
  if (index < at) return 'done';
  if (index > at) return 'waiting';
  return model.asked || (step === 'document' && model.chipRefusal) ? 'attention' : 'current';
}

/** Where the applicant's next step is done, by pathway and step. */
const PLACES: Record<string, string> = {
  'chip document': 'chip',
  'chip portrait': 'portrait',
  'data_page document': 'page',
  'data_page confirmation': 'confirmation',
  'data_page portrait': 'holder',
};

function nextAction(model: CaseModel, { t }: Ui): Html | null {
  const place = PLACES[`${model.pathway} ${model.step}`];
  if (!place) return null;
  return buttonGroup(
    linkButton({ label: t(`proofing.case.to_${place}`), href: `/cases/${model.id}/${place}` }),
  );
}

/** IAL3: the agreement to keep a sample, on the person's own device, and its withdrawal. */
function sampleConsent(model: CaseModel, ui: Ui): Html | null {
  const { t } = ui;
  if (!model.sample) return null;
  const agreed = model.sample === 'agreed';
  return html`<section class="tc-section"><h2 class="ds-heading" data-size="xs">${t('proofing.sample.title')}</h2><p>${t(agreed ? 'proofing.sample.agreed' : 'proofing.sample.body')}</p>${form(
    {
      action: `/cases/${model.id}/sample-consent`,
      body: html`${hiddenField('agree', agreed ? 'no' : 'yes')}${button({ label: t(agreed ? 'proofing.sample.withdraw' : 'proofing.sample.agree'), variant: 'secondary' })}`,
    },
    ui,
  )}</section>`;
}

function asideActions(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const key = model.pathway === 'data_page' ? 'again_page' : 'again_document';
  const again = (step: 'document' | 'portrait') =>
    form(
      {
        action: `/cases/${model.id}/reopenings`,
        compact: true,
        body: html`${hiddenField('step', step)}${button({ label: t(`proofing.case.${step === 'document' ? key : 'again_portrait'}`), variant: 'tertiary' })}`,
      },
      ui,
    );
  const back =
    model.mayGoBack && model.again.length > 0
      ? html`<p>${t('proofing.case.again_hint')}</p><div class="tc-buttons">${model.again.map(again)}</div>`
      : null;
  const counter =
    model.pathway === 'counter'
      ? null
      : html`<p>${link({ label: t('proofing.start.to_counter'), href: '/proofing/counter' })}</p>`;
  return html`<details class="ds-details tc-aside"><summary>${t('proofing.case.other')}</summary><div>${back}${counter}${besides(model, ui)}<p>${t('proofing.case.leave')}</p><p>${link({ label: t('proofing.case.withdraw'), href: `/cases/${model.id}/withdrawal` })}</p></div></details>`;
}

/** What may be said and shown besides: a visa sticker, and that a register is wrong. */
function besides({ id, step }: CaseModel, { t }: Ui): Html | null {
  if (step === 'document') return null;
  return html`<p>${link({ label: t('registers.visa.link'), href: `/cases/${id}/visa` })}</p><p>${link({ label: t('registers.contest.link'), href: `/cases/${id}/corrections` })}</p>`;
}

function approved(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const recorded = model.pathway === 'data_page';
  return html`${confirmPanel({
    title: t('proofing.approved.title'),
    body: t(recorded ? 'proofing.approved.body_recorded' : 'proofing.approved.body'),
    reference: { label: t('proofing.case.reference_label'), value: model.reference },
  })}${buttonGroup(
    ...(model.returnTo
      ? [linkButton({ label: t('proofing.approved.go_on'), href: model.returnTo })]
      : []),
    linkButton({
      label: t('proofing.approved.home'),
      href: '/home',
      variant: model.returnTo ? 'secondary' : 'primary',
    }),
  )}${sampleConsent(model, ui)}`;
}

function over(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const ending = model.step === 'refused' || model.step === 'withdrawn' ? model.step : 'expired';
  const tone: Tone = ending === 'refused' ? 'warning' : 'info';
  const words = model.refusal
    ? t(`proofing.over.refused_${model.refusal}`)
    : t(`proofing.over.${ending}_body`);
  return html`${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t(`proofing.over.${ending}_title`),
  })}${alert({ tone, body: words })}${ending === 'refused' ? appeal(model, ui) : null}${buttonGroup(
    linkButton({
      label: t('proofing.over.again'),
      href: model.returnTo
        ? `/proofing?return_to=${encodeURIComponent(model.returnTo)}`
        : '/proofing',
    }),
    linkButton({ label: t('proofing.approved.home'), href: '/home', variant: 'secondary' }),
  )}`;
}

/** The route from a refusal: the letter for who was met in person, the appeal and its clock, or the counter. */
function appeal(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const { appeal: found } = model;
  const letter = found?.hasLetter
    ? html`<p>${link({ label: t('proofing.over.letter'), href: `/cases/${model.id}/letter` })}</p>`
    : html`<p>${t('proofing.over.refused_next')}</p>`;
  const filed = found?.dueAt
    ? alert({
        tone: 'info',
        title: t('proofing.over.appeal_filed'),
        body: t('proofing.over.appeal_due', { date: ui.formatDate(found.dueAt, 'long') }),
      })
    : null;
  const decided = found?.outcome
    ? alert({
        tone: found.outcome === 'upheld' ? 'success' : 'info',
        title: t(`proofing.over.appeal_${found.outcome}`),
        body: t(`proofing.over.appeal_${found.outcome}_body`),
      })
    : null;
  const open = found?.until
    ? html`<p>${t('proofing.over.appeal_until', { date: ui.formatDate(found.until, 'long') })} ${link({ label: t('proofing.over.appeal'), href: `/cases/${model.id}/appeal` })}</p>`
    : null;
  return html`${filed}${decided}${letter}${open}`;
}
