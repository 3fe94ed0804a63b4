import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { alert } from './alert.ts';
import { button, safeHref } from './button.ts';

/**
 * A form that makes or uses a passkey. The script POSTs to `optionsUrl` (CSRF token in the
 * X-CSRF-Token header) for the WebAuthn options as JSON, asks the device, puts the answer's JSON text into the field
 * `credential` and submits the form to `action` as an ordinary post.
 */
export function passkeyForm(
  model: {
    kind: 'register' | 'authenticate';
    action: string;
    optionsUrl: string;
    /** Of the button. */
    label: string;
    /** More fields, above the button. */
    fields?: HtmlValue;
    id?: string;
    /** Offer passkeys in the browser's own autofill as soon as the page opens; needs a field with autocomplete "username webauthn". */
    autofill?: boolean;
    variant?: 'primary' | 'secondary';
    fullWidth?: boolean;
  },
  ui: Ui,
): Html {
  const messages = (
    [
      'unsupported',
      'cancelled',
      'already_registered',
      'no_verification',
      'failed',
      'waiting',
    ] as const
  ).map((key) => attribute(`data-message-${key.replace('_', '-')}`, ui.t(`common.passkey.${key}`)));
  const attributes = [
    attribute('id', model.id),
    attribute('action', safeHref(model.action)),
    attribute('data-passkey', model.kind),
    attribute('data-options-url', safeHref(model.optionsUrl)),
    attribute('data-autofill', model.autofill),
    ...messages,
  ];
  return html`<form class="tc-form" method="post" novalidate${attributes}>
${ui.csrfField()}<input type="hidden" name="credential" value="">
${model.fields}
<div class="tc-script-message" data-passkey-message role="alert" hidden></div>
<p class="tc-script-status" data-passkey-status role="status" hidden></p>
<noscript>${alert({ tone: 'warning', body: ui.t('common.passkey.no_script') })}</noscript>
${button({ label: model.label, variant: model.variant ?? 'primary', fullWidth: model.fullWidth ?? false, disabled: true })}
</form>`;
}
