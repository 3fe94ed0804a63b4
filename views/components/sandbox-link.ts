import type { Html } from '../html.ts';
import { html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { link } from './button.ts';

/** The way to the sandbox sign-in; nothing in production. Its id is stable: suites press it by machine. */
export function sandboxLink(model: { sandbox: boolean; returnTo: string }, ui: Ui): Html | null {
  if (!model.sandbox) return null;
  const href = `/dev/sign-in?return_to=${encodeURIComponent(model.returnTo)}`;
  return html`<p id="sandbox-sign-in-link">${link({ label: ui.t('dev.sandbox_sign_in.link'), href })}</p>`;
}
