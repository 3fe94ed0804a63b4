import { link } from '../components/button.ts';
import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

export interface OAuthErrorModel {
  /** Error code of the standard. */
  code: string;
  /** For those who built the request; in English, as the protocol has it. */
  description: string;
  detail: string | null;
  parameter: string | null;
  reference: string;
  /** The page that explains the code. */
  helpUrl: string;
}

/** A request that can't be answered at the service it claims to come from. */
export function oauthErrorPage(model: OAuthErrorModel, ui: Ui): Html {
  const { t } = ui;
  const code = (text: string) => html`<code translate="no">${text}</code>`;
  const rows = [
    { key: t('oidc.error.code'), value: code(model.code) },
    ...(model.parameter ? [{ key: t('oidc.error.parameter'), value: code(model.parameter) }] : []),
    {
      key: t('oidc.error.description'),
      value: html`<span lang="en">${[model.description, model.detail].filter(Boolean).join(': ')}</span>`,
    },
    ...(model.parameter
      ? [{ key: t('oidc.error.expected'), value: t(`oidc.error.expect.${model.parameter}`) }]
      : []),
    { key: t('oidc.error.reference'), value: code(model.reference) },
  ];
  return html`${pageHeading({
    title: t('oidc.error.title'),
    lead: t('oidc.error.lead'),
  })}<p>${t('oidc.error.action')}</p>
<section aria-labelledby="builders"><h2 class="ds-heading" data-size="2xs" id="builders">${t('oidc.error.for_builders')}</h2>
${summaryList(rows)}<p>${link({ label: t('oauth_errors.page.more'), href: model.helpUrl })}</p></section>`;
}
