import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { errorSummary } from '../components/error-summary.ts';
import { textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface PasskeyModel {
  id: string;
  label: string;
  typed: string;
  invalid: boolean;
  /** At once, after 72 hours, or not at all because it is the last one. */
  removal: 'now' | 'later' | 'last';
}

/** One passkey: its name, and how to remove it. */
export function passkeyPage(model: PasskeyModel, ui: Ui): Html {
  const { t } = ui;
  const error = model.invalid ? t('portal.passkey.name_invalid') : null;
  return html`${errorSummary(error ? [{ field: 'label', message: error }] : [], ui)}${pageHeading({
    title: model.label,
    eyebrow: t('portal.passkey.title'),
  })}${form(
    {
      action: `/passkeys/${model.id}/name`,
      body: [
        textField({
          name: 'label',
          label: t('portal.passkey.name'),
          hint: t('portal.passkey.name_hint'),
          value: model.typed,
          error,
          maxLength: 60,
          autocomplete: 'off',
          required: true,
        }),
        button({ label: t('common.form.save') }),
      ],
    },
    ui,
  )}${removal(model, ui)}<p>${link({ label: t('portal.passkey.back'), href: '/passkeys' })}</p>`;
}

function removal(model: PasskeyModel, ui: Ui): Html {
  const { t } = ui;
  const title = t('portal.passkey.remove_title');
  if (model.removal === 'last')
    return alert({ tone: 'info', title, body: t('portal.passkey.remove_last') });
  return card({
    title,
    body: t(`portal.passkey.remove_${model.removal}`),
    footer: form(
      {
        action: `/passkeys/${model.id}/removal`,
        body: button({
          label: t(`portal.passkey.remove_${model.removal}_action`),
          variant: 'secondary',
          danger: true,
        }),
        compact: true,
      },
      ui,
    ),
  });
}
