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
  step:
    | 'document'
    | 'portrait'
    | 'register'
    | 'review'
    | 'approved'
    | 'refused'
    | 'withdrawn'
    | 'expired';
  /** Its time is over, though nothing has ended it yet. */
  overdue: boolean;
  /** Why an officer asked for a step again. */
  asked: string | null;
  /** Category of a refusal. */
  refusal: string | null;
  /** Why the last reading of the chip was not accepted. */
  chipRefusal: string | null;
  mayGoBack: boolean;
  hasPortrait: boolean;
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
  const waits = model.step === 'register' || model.step === 'review';
  const progress = progressSteps(
    { label: t('proofing.case.progress'), steps: stepsOf(model, ui) },
    ui,
  );
  const body = html`${waits ? alert({ tone: 'info', title: t('proofing.case.waiting'), body: t('proofing.case.waiting_body') }) : null}${progress}`;
  return html`${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t(`proofing.case.heading_${waits ? 'waiting' : model.step}`),
    lead: t('proofing.case.until', { date: ui.formatDate(model.expiresAt) }),
  })}${askedAgain(model, ui)}${liveStatus({ pollUrl: `/cases/${model.id}/status`, state: model.liveState, body, stopAfterSeconds: 7200 }, ui)}${nextAction(model, ui)}${asideActions(model, ui)}`;
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
  const order = ['consent', 'document', 'portrait', 'register', 'review'] as const;
  const at = order.findIndex((step) => step === model.step);
  return order.map((step, index) => {
    const state = stateOf(index, at, step, model);
    return {
      label: t(`proofing.step.${step}`),
      state,
      note: t(`proofing.step_note.${step}_${noteOf(step, state, model)}`),
    };
  });
}

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

function nextAction(model: CaseModel, { t }: Ui): Html | null {
  const action = (label: string, href: string) =>
    buttonGroup(linkButton({ label: t(label), href }));
  if (model.step === 'document') return action('proofing.case.to_chip', `/cases/${model.id}/chip`);
  if (model.step === 'portrait')
    return action('proofing.case.to_portrait', `/cases/${model.id}/portrait`);
  return null;
}

function asideActions(model: CaseModel, ui: Ui): Html {
  const { t } = ui;
  const again = (step: 'document' | 'portrait') =>
    form(
      {
        action: `/cases/${model.id}/reopenings`,
        compact: true,
        body: html`${hiddenField('step', step)}${button({ label: t(`proofing.case.again_${step}`), variant: 'tertiary' })}`,
      },
      ui,
    );
  const back = model.mayGoBack
    ? html`<p>${t('proofing.case.again_hint')}</p><div class="tc-buttons">${model.hasPortrait ? again('portrait') : null}${again('document')}</div>`
    : null;
  return html`<details class="ds-details tc-aside"><summary>${t('proofing.case.other')}</summary><div>${back}${model.step === 'document' ? null : html`<p>${link({ label: t('registers.visa.link'), href: `/cases/${model.id}/visa` })}</p><p>${link({ label: t('registers.contest.link'), href: `/cases/${model.id}/corrections` })}</p>`}<p>${t('proofing.case.leave')}</p><p>${link({ label: t('proofing.case.withdraw'), href: `/cases/${model.id}/withdrawal` })}</p></div></details>`;
}

function approved(model: CaseModel, { t }: Ui): Html {
  return html`${confirmPanel({
    title: t('proofing.approved.title'),
    body: t('proofing.approved.body'),
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
  )}`;
}

function over(model: CaseModel, { t }: Ui): Html {
  const ending = model.step === 'refused' || model.step === 'withdrawn' ? model.step : 'expired';
  const tone: Tone = ending === 'refused' ? 'warning' : 'info';
  const words = model.refusal
    ? t(`proofing.over.refused_${model.refusal}`)
    : t(`proofing.over.${ending}_body`);
  return html`${pageHeading({
    eyebrow: t('proofing.case.reference', { reference: model.reference }),
    title: t(`proofing.over.${ending}_title`),
  })}${alert({ tone, body: words })}${ending === 'refused' ? html`<p>${t('proofing.over.refused_next')}</p>` : null}${buttonGroup(
    linkButton({
      label: t('proofing.over.again'),
      href: model.returnTo
        ? `/proofing?return_to=${encodeURIComponent(model.returnTo)}`
        : '/proofing',
    }),
    linkButton({ label: t('proofing.approved.home'), href: '/home', variant: 'secondary' }),
  )}`;
}
