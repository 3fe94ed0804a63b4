import { alert } from '../components/alert.ts';
import { button, linkButton } from '../components/button.ts';
import { copyText } from '../components/copy-text.ts';
import { errorSummary } from '../components/error-summary.ts';
import { textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Address and saved code. */
export function recoverPage(model: { email: string; refused: boolean }, ui: Ui): Html {
  const error = model.refused ? ui.t('accounts.recover.refused') : null;
  return html`${errorSummary(error ? [{ field: 'code', message: error }] : [], ui)}${pageHeading({
    title: ui.t('accounts.recover.title'),
    lead: ui.t('accounts.recover.lead'),
  })}${form(
    {
      action: '/recover',
      body: [
        textField({
          name: 'email',
          type: 'email',
          label: ui.t('accounts.recover.email'),
          value: model.email,
          autocomplete: 'email',
          inputMode: 'email',
          maxLength: 254,
          spellcheck: false,
          required: true,
        }),
        textField({
          name: 'code',
          label: ui.t('accounts.recover.code'),
          hint: ui.t('accounts.recover.code_hint'),
          error,
          autocomplete: 'off',
          maxLength: 60,
          spellcheck: false,
          required: true,
        }),
        button({ label: ui.t('accounts.recover.action'), fullWidth: true }),
      ],
    },
    ui,
  )}<p>${ui.t('accounts.recover.no_code')}</p>`;
}

/** The 72 hours have begun; the link is shown only now. */
export function recoveryOpenedPage(model: { readyAt: Date; url: string }, ui: Ui): Html {
  return html`${pageHeading({
    title: ui.t('accounts.recover.opened_title'),
    lead: ui.t('accounts.recover.opened_lead', { date: ui.formatDate(model.readyAt, 'dateTime') }),
  })}${copyText({ value: model.url, label: ui.t('accounts.recover.link_label') }, ui)}${alert({
    tone: 'info',
    body: ui.t('accounts.recover.opened_notice'),
  })}`;
}

export function recoveryWaitingPage(model: { readyAt: Date }, ui: Ui): Html {
  return pageHeading({
    title: ui.t('accounts.recover.waiting_title'),
    lead: ui.t('accounts.recover.waiting_lead', { date: ui.formatDate(model.readyAt, 'dateTime') }),
  });
}

/** The waiting time is over: a new passkey. */
export function recoveryReadyPage(model: { path: string; refused: boolean }, ui: Ui): Html {
  const errors = model.refused ? [{ field: null, message: ui.t('accounts.passkey.not_made') }] : [];
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: ui.t('accounts.recover.ready_title'),
    lead: ui.t('accounts.recover.ready_lead'),
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

export function recoveryGonePage(_model: Record<string, never>, ui: Ui): Html {
  return html`${pageHeading({
    title: ui.t('accounts.recover.gone_title'),
    lead: ui.t('accounts.recover.gone_lead'),
  })}${linkButton({ label: ui.t('accounts.recover.title'), href: '/recover' })}`;
}
