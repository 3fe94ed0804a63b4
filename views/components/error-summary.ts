import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { fieldId } from './field.ts';

export interface FieldError {
  /** Name of the field; null for what belongs to no field. */
  field: string | null;
  message: string;
}

/** All that is wrong with a form, on top of it, each linked to its field; takes the focus when the page opens. Nothing without errors. */
export function errorSummary(errors: readonly FieldError[], ui: Ui): Html | null {
  if (errors.length === 0) return null;
  const items = errors.map(({ field, message }) =>
    field === null
      ? html`<li>${message}</li>`
      : html`<li><a class="ds-link" href="#${fieldId(field)}">${message}</a></li>`,
  );
  return html`<div class="ds-error-summary" role="alert" tabindex="-1" data-autofocus aria-labelledby="error-summary-title">
<h2 class="ds-heading" id="error-summary-title">${ui.t('common.form.error_summary')}</h2>
<ul class="ds-list">${items}</ul>
</div>`;
}

/** The message of `field`, to hand to its `error`. */
export function errorFor(errors: readonly FieldError[], field: string): string | undefined {
  return errors.find((error) => error.field === field)?.message;
}
