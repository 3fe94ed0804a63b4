import { button, linkButton } from '../components/button.ts';
import { errorSummary } from '../components/error-summary.ts';
import { textArea } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `appealPage`. */
export interface AppealModel {
  caseId: string;
  reference: string;
  until: Date;
  statement: string;
  /** Locale key. */
  error: string | null;
}

/** How to appeal against a refusal. */
export function appealPage(model: AppealModel, ui: Ui): Html {
  const { t } = ui;
  const error = model.error ? t(model.error) : null;
  return html`${errorSummary(error ? [{ field: 'statement', message: error }] : [], ui)}${pageHeading(
    {
      eyebrow: t('proofing.case.reference', { reference: model.reference }),
      title: t('proofing.appeal.title'),
      lead: t('proofing.appeal.lead', { date: ui.formatDate(model.until, 'long') }),
    },
  )}<ul class="ds-list">${['who', 'clock', 'reasons'].map((key) => html`<li>${t(`proofing.appeal.${key}`)}</li>`)}</ul>${form(
    {
      action: `/cases/${model.caseId}/appeal`,
      body: html`${textArea({
        name: 'statement',
        label: t('proofing.appeal.statement'),
        hint: t('proofing.appeal.statement_hint'),
        value: model.statement,
        rows: 8,
        maxLength: 5000,
        error,
        required: true,
      })}<div class="tc-buttons">${button({ label: t('proofing.appeal.send') })}${linkButton({ label: t('proofing.appeal.not_now'), href: `/cases/${model.caseId}`, variant: 'secondary' })}</div>`,
    },
    ui,
  )}`;
}
