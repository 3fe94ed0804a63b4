import { alert } from '../components/alert.ts';
import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorSummary } from '../components/error-summary.ts';
import { textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `counterPage`. Errors are locale keys. */
export interface CounterModel {
  error: string | null;
  ownError: string | null;
  declared: boolean;
  /** How many accounts the officer has declared as their own. */
  ownAccounts: number;
}

/** Open the case of whoever stands here; and, below, say which account is the officer's own. */
export function counterPage(model: CounterModel, ui: Ui): Html {
  const { t } = ui;
  const error = model.error ? t(model.error) : null;
  const ownError = model.ownError ? t(model.ownError) : null;
  const errors = [
    ...(error ? [{ field: 'code', message: error }] : []),
    ...(ownError ? [{ field: 'own', message: ownError }] : []),
  ];
  const code = (id: string, label: string, message: string | null) =>
    textField({
      name: 'code',
      id,
      label,
      hint: t('admin.counter.code_hint'),
      inputMode: 'numeric',
      autocomplete: 'off',
      size: 12,
      maxLength: 12,
      spellcheck: false,
      required: true,
      error: message,
    });
  return html`${errorSummary(errors, ui)}${pageHeading({ title: t('admin.counter.title'), lead: t('admin.counter.lead') })}
    ${form(
      {
        action: '/console/counter',
        body: html`${code('field-code', t('admin.counter.code'), error)}${button({ label: t('admin.counter.open') })}`,
      },
      ui,
    )}
    <section class="tc-section">
      ${card({
        title: t('admin.counter.own'),
        body: html`<p>${t('admin.counter.own_body', { count: model.ownAccounts })}</p>${
          model.declared
            ? alert({ tone: 'success', title: t('admin.counter.own_done'), live: true })
            : null
        }${form(
          {
            action: '/console/own-account',
            body: html`${code('field-own', t('admin.counter.own_code'), ownError)}${button({ label: t('admin.counter.own_declare'), variant: 'secondary' })}`,
          },
          ui,
        )}`,
      })}
    </section>`;
}
