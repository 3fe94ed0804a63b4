import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { errorSummary } from '../components/error-summary.ts';
import { codeField, hiddenField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { passkeyForm } from '../components/passkey-form.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { richText } from '../rich-text.ts';
import type { Ui } from '../ui.ts';

const STEPS = 3;

/** Step 1: the address that notices go to. `error` is a locale key. */
export function createPage(
  model: { email: string; returnTo: string; error: string | null },
  ui: Ui,
): Html {
  const error = model.error ? ui.t(model.error) : null;
  return html`${errorSummary(error ? [{ field: 'email', message: error }] : [], ui)}${pageHeading({
    title: ui.t('accounts.create.title'),
    eyebrow: ui.t('accounts.create.step', { step: 1, steps: STEPS }),
    lead: ui.t('accounts.create.lead'),
  })}${form(
    {
      action: '/create',
      body: [
        hiddenField('return_to', model.returnTo),
        textField({
          name: 'email',
          type: 'email',
          label: ui.t('accounts.create.email'),
          hint: ui.t('accounts.create.email_hint'),
          value: model.email,
          error,
          autocomplete: 'email',
          inputMode: 'email',
          maxLength: 254,
          spellcheck: false,
          required: true,
        }),
        button({ label: ui.t('accounts.create.send_code'), fullWidth: true }),
      ],
    },
    ui,
  )}<p>${richText(ui.t('accounts.create.have_one'), {
    link: (inner) =>
      link({ label: inner, href: `/sign-in?return_to=${encodeURIComponent(model.returnTo)}` }),
  })}</p>`;
}

/** Step 2: the code from the mail. */
export function createCodePage(
  model: {
    email: string;
    minutes: number;
    returnTo: string;
    error: { key: string; typed: string; triesLeft?: number } | null;
    /** The mail is on a page of ours. */
    sandboxMailbox: boolean;
  },
  ui: Ui,
): Html {
  const { error } = model;
  const message = error ? ui.t(error.key, { count: error.triesLeft ?? 0 }) : null;
  return html`${errorSummary(message ? [{ field: 'code', message }] : [], ui)}${pageHeading({
    title: ui.t('accounts.create.code_title'),
    eyebrow: ui.t('accounts.create.step', { step: 2, steps: STEPS }),
    lead: richText(ui.t('accounts.create.code_lead', { email: model.email }), {
      b: (inner) => html`<strong translate="no">${inner}</strong>`,
    }),
  })}${
    model.sandboxMailbox
      ? alert({
          tone: 'info',
          body: html`<p>${richText(ui.t('accounts.create.sandbox_mailbox'), {
            link: (inner) => link({ label: inner, href: '/dev/mail', newTab: true }),
          })}</p>`,
        })
      : null
  }${form(
    {
      action: '/create/code',
      body: [
        codeField({
          name: 'code',
          label: ui.t('accounts.create.code'),
          hint: ui.t('accounts.create.code_hint', { count: model.minutes }),
          value: error?.typed,
          error: message,
        }),
        button({ label: ui.t('common.form.continue'), fullWidth: true }),
      ],
    },
    ui,
  )}<p>${richText(ui.t('accounts.create.no_code'), {
    link: (inner) =>
      link({ label: inner, href: `/create?return_to=${encodeURIComponent(model.returnTo)}` }),
  })}</p>`;
}

/** Step 3: the passkey. */
export function createPasskeyPage(model: { error: string | null }, ui: Ui): Html {
  const points = ['fast', 'private', 'safe'].map(
    (point) => html`<li>${ui.t(`accounts.create.passkey_${point}`)}</li>`,
  );
  return html`${errorSummary(
    model.error ? [{ field: null, message: ui.t(model.error) }] : [],
    ui,
  )}${pageHeading({
    title: ui.t('accounts.create.passkey_title'),
    eyebrow: ui.t('accounts.create.step', { step: 3, steps: STEPS }),
    lead: ui.t('accounts.create.passkey_lead'),
  })}<ul class="ds-list">${points}</ul>${passkeyForm(
    {
      kind: 'register',
      action: '/create/passkey',
      optionsUrl: '/create/passkey/options',
      label: ui.t('accounts.create.passkey_action'),
      fullWidth: true,
    },
    ui,
  )}`;
}
