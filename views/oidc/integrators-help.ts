import { link } from '../components/button.ts';
import { card } from '../components/card.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

const PLACES = [
  ['guide', '/help/integrators/guide'],
  ['discovery', '/.well-known/openid-configuration'],
  ['errors', '/help/errors'],
  ['api', '/openapi.json'],
] as const;

const SANDBOX_PLACES = [
  ['sign_in', '/dev/sign-in'],
  ['approvals', '/dev/approvals'],
  ['mail', '/dev/mail'],
] as const;

/** Where everything is for who builds a service; in the sandbox also what lets them try it. */
export function integratorsHelpPage(model: { issuer: string; sandbox: boolean }, ui: Ui): Html {
  const { t } = ui;
  const key = 'oidc.integrators';
  const places = model.sandbox ? [...PLACES, ...SANDBOX_PLACES] : PLACES;
  return html`${pageHeading({ title: t(`${key}.title`), lead: t(`${key}.lead`) })}${card({
    title: t(`${key}.issuer`),
    body: html`<p><code translate="no">${model.issuer}</code></p><p>${t(`${key}.issuer_says`)}</p>`,
    tinted: true,
  })}<div class="tc-stack">${places.map(([place, href]) =>
    card({
      title: link({ label: t(`${key}.${place}`), href }),
      body: html`<p>${t(`${key}.${place}_says`)}</p>`,
    }),
  )}</div>`;
}
