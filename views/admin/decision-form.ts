import { alert } from '../components/alert.ts';
import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { radioGroup } from '../components/choices.ts';
import { errorFor } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { hiddenField, textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** What the officer had chosen when the form came back with a fault. */
export interface DecisionInput {
  reason: string | null;
  note: string;
  /** Words for the holder's letter. */
  told: string;
  /** Reasons by what they do, in the order in which they are offered. */
  reasons: readonly { kind: string; reasons: readonly string[] }[];
}

/** Decide with a reason: one list of reasons, each under what it does; the note is for the record only. */
export function decisionForm(
  model: {
    id: string;
    version: number;
    /** Hash of what is shown. */
    evidence: string;
    isOpen: boolean;
    pathway: string;
    step: string;
    blockers: readonly string[];
    decision: DecisionInput;
    errors: readonly FieldError[];
  },
  ui: Ui,
): Html | null {
  const { t } = ui;
  const mayTurnAway = model.pathway === 'counter' && model.isOpen;
  if (model.step !== 'review' && !mayTurnAway)
    return card({ title: t('admin.case.decide'), body: t('admin.case.not_yet') });
  const blocked =
    model.step === 'review' && model.blockers.length > 0
      ? alert({
          tone: 'warning',
          title: t('admin.case.cannot_approve'),
          body: html`<ul>
            ${model.blockers.map((code) => html`<li>${t(`admin.blocker.${code}`)}</li>`)}
          </ul>`,
        })
      : null;
  const options = model.decision.reasons.flatMap(({ kind, reasons }) =>
    reasons.map((reason) => ({
      value: reason,
      label: `${t(`admin.decision.${kind}`)}: ${t(`admin.reason.${reason}`)}`,
      hint: null,
    })),
  );
  return card({
    title: t('admin.case.decide'),
    body: html`${blocked}${form(
      {
        action: `/console/cases/${model.id}/decision`,
        body: html`${hiddenField('version', model.version)}${hiddenField('evidence', model.evidence)}
        ${radioGroup({
          name: 'reason',
          legend: t('admin.case.reason'),
          options,
          value: model.decision.reason,
          error: errorFor(model.errors, 'reason'),
        })}
        ${textArea({
          name: 'note',
          label: t('admin.case.note'),
          hint: t('admin.case.note_hint'),
          value: model.decision.note,
          maxLength: 2000,
          error: errorFor(model.errors, 'note'),
        })}
        ${
          model.pathway === 'counter'
            ? textArea({
                name: 'told',
                label: t('admin.case.told'),
                hint: t('admin.case.told_hint'),
                value: model.decision.told,
                maxLength: 2000,
                error: errorFor(model.errors, 'told'),
              })
            : null
        }
        ${button({ label: t('admin.case.decide_button') })}`,
      },
      ui,
    )}`,
  });
}
