import { link } from '../components/button.ts';
import { errorSummary } from '../components/error-summary.ts';
import { hiddenField } from '../components/field.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { richText } from '../rich-text.ts';
import type { Ui } from '../ui.ts';

/** Sign in with a passkey; `again`: confirm that it is still you. */
export function signInPage(
  model: { returnTo: string; again: boolean; refused: boolean },
  ui: Ui,
): Html {
  const key = model.again ? 'again' : 'sign_in';
  const errors = model.refused ? [{ field: null, message: ui.t('accounts.sign_in.refused') }] : [];
  const aside = html`<p>${richText(ui.t('accounts.sign_in.no_id'), {
    link: (inner) =>
      link({ label: inner, href: `/create?return_to=${encodeURIComponent(model.returnTo)}` }),
  })}</p><p>${richText(ui.t('accounts.sign_in.lost'), {
    link: (inner) => link({ label: inner, href: '/recover' }),
  })}</p>`;
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: ui.t(`accounts.${key}.title`),
    lead: ui.t(`accounts.${key}.lead`),
  })}${passkeyForm(
    {
      kind: 'authenticate',
      action: '/sign-in',
      optionsUrl: '/sign-in/options',
      label: ui.t(`accounts.${key}.action`),
      fields: [
        hiddenField('return_to', model.returnTo),
        model.again ? hiddenField('again', '1') : null,
      ],
      fullWidth: true,
    },
    ui,
  )}${model.again ? null : aside}`;
}
