import { button } from '../components/button.ts';
import { errorFor, errorSummary } from '../components/error-summary.ts';
import type { FieldError } from '../components/error-summary.ts';
import { textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface PeopleModel {
  number: string;
  errors: readonly FieldError[];
}

/** Look a person up by the whole number. There is no search by name: looking needs a reason. */
export function peoplePage(model: PeopleModel, ui: Ui): Html {
  const { t } = ui;
  return html`${errorSummary(model.errors, ui)}${pageHeading({ title: t('admin.people.title'), lead: t('admin.people.lead') })}${form(
    {
      action: '/console/people',
      body: html`${textField({
        name: 'number',
        label: t('admin.people.number'),
        hint: t('admin.people.number_hint'),
        value: model.number,
        error: errorFor(model.errors, 'number'),
        size: 20,
        spellcheck: false,
      })}${button({ label: t('admin.people.find') })}`,
    },
    ui,
  )}`;
}
