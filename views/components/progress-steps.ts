import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';

export type StepState = 'done' | 'current' | 'waiting' | 'attention';

export interface Step {
  label: string;
  state: StepState;
  /** One line below the label: what was found, or what comes next. */
  note?: HtmlValue;
}

/** Where a case stands: every step with its state in words, not colour alone. */
export function progressSteps(model: { label: string; steps: readonly Step[] }, ui: Ui): Html {
  const items = model.steps.map(
    (step, index) =>
      html`<li class="tc-step" data-state="${step.state}"${attribute('aria-current', step.state === 'current' ? 'step' : null)}>
<span class="tc-step-mark" aria-hidden="true">${mark(step.state, index + 1)}</span>
<div class="tc-step-body">
<p class="tc-step-label">${step.label}<span class="ds-sr-only">: ${ui.t(`common.step.${step.state}`)}</span></p>
${step.note ? html`<div class="tc-step-note">${step.note}</div>` : null}
</div>
</li>`,
  );
  return html`<ol class="tc-steps" aria-label="${model.label}">${items}</ol>`;
}

function mark(state: StepState, number: number): Html | number | string {
  if (state === 'done')
    return html`<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">
<path d="M5 12.5l4.5 4.5L19 7.5"/>
</svg>`;
  return state === 'attention' ? '!' : number;
}
