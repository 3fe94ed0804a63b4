import { linkButton } from '../components/button.ts';
import { errorSummary } from '../components/error-summary.ts';
import { hiddenField } from '../components/field.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Officers sign in with their own passkey. */
export function consoleSignInPage(model: { returnTo: string; refused: boolean }, ui: Ui): Html {
  const errors = model.refused ? [{ field: null, message: ui.t('accounts.sign_in.refused') }] : [];
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: ui.t('accounts.console.title'),
    lead: ui.t('accounts.console.lead'),
  })}${passkeyForm(
    {
      kind: 'authenticate',
      action: '/console/sign-in',
      optionsUrl: '/console/sign-in/options',
      label: ui.t('accounts.sign_in.action'),
      fields: hiddenField('return_to', model.returnTo),
      fullWidth: true,
    },
    ui,
  )}<p>${ui.t('accounts.console.no_access')}</p>`;
}

/** An invited officer registers a passkey. */
export function invitationPage(
  model: { name: string; path: string; refused: boolean },
  ui: Ui,
): Html {
  const errors = model.refused ? [{ field: null, message: ui.t('accounts.passkey.not_made') }] : [];
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: ui.t('accounts.invitation.heading', { name: model.name }),
    lead: ui.t('accounts.invitation.lead'),
  })}${passkeyForm(
    {
      kind: 'register',
      action: model.path,
      optionsUrl: `${model.path}/options`,
      label: ui.t('accounts.create.passkey_action'),
      fullWidth: true,
    },
    ui,
  )}`;
}

/** The link was used, has expired, or never was. */
export function invitationGonePage(_model: Record<string, never>, ui: Ui): Html {
  return html`${pageHeading({
    title: ui.t('accounts.invitation.gone_title'),
    lead: ui.t('accounts.invitation.gone_lead'),
  })}${linkButton({ label: ui.t('accounts.console.title'), href: '/console/sign-in' })}`;
}
