import { button } from '../components/button.ts';
import { radioGroup } from '../components/choices.ts';
import { errorSummary } from '../components/error-summary.ts';
import { textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `confirmationPage`. */
export interface ConfirmationModel {
  caseId: string;
  forChild: boolean;
  /** What was read from the photo. */
  facts: {
    name: string;
    documentNumber: string;
    issuingState: string;
    nationality: string;
    dateOfBirth: string;
    dateOfExpiry: string;
  };
  /** The name field's content. */
  name: string;
  error: { field: string; key: string } | null;
}

/** What was read, to be held against the page in the person's hands. */
export function confirmationPage(model: ConfirmationModel, ui: Ui): Html {
  const { t } = ui;
  const { facts } = model;
  const error = (field: string) => (model.error?.field === field ? t(model.error.key) : null);
  const errors = model.error ? [{ field: model.error.field, message: t(model.error.key) }] : [];
  const row = (key: keyof typeof facts, value: string) => ({
    key: t(`proofing.confirmation.${key}`),
    value,
  });
  return html`${errorSummary(errors, ui)}${pageHeading({
    eyebrow: t('proofing.confirmation.eyebrow'),
    title: t('proofing.confirmation.title'),
    lead: t('proofing.confirmation.lead'),
  })}${summaryList([
    row('name', facts.name),
    row('documentNumber', facts.documentNumber),
    row('issuingState', facts.issuingState),
    row('nationality', facts.nationality),
    row('dateOfBirth', dateOf(facts.dateOfBirth, ui)),
    row('dateOfExpiry', dateOf(facts.dateOfExpiry, ui)),
  ])}${form(
    {
      action: `/cases/${model.caseId}/confirmation`,
      body: html`${textField({
        name: 'name',
        label: t('proofing.confirmation.name_printed'),
        hint: t('proofing.confirmation.name_printed_hint'),
        value: model.name,
        error: error('name'),
        maxLength: 200,
        spellcheck: false,
        required: true,
      })}${radioGroup({
        name: 'agrees',
        legend: t('proofing.confirmation.agrees'),
        options: [
          { value: 'yes', label: t('proofing.confirmation.agrees_yes') },
          { value: 'no', label: t('proofing.confirmation.agrees_no') },
        ],
        error: error('agrees'),
      })}${button({ label: t('proofing.confirmation.go_on') })}`,
    },
    ui,
  )}`;
}

/** A date of which a part is unknown is shown as it stands. */
function dateOf(date: string, ui: Ui): string {
  return date.includes('X') ? date : ui.formatDate(date, 'long');
}
