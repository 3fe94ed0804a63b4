import { card } from '../components/card.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Each error code with its meaning and its remedy; the code is the anchor that `error_uri` names. */
export function errorHelpPage(model: { codes: readonly string[] }, ui: Ui): Html {
  const { t } = ui;
  return html`${pageHeading({
    title: t('oauth_errors.page.title'),
    lead: t('oauth_errors.page.lead'),
  })}${model.codes.map((code) =>
    card({
      id: code,
      title: html`<code translate="no">${code}</code>`,
      body: html`<p>${t(`oauth_errors.code.${code}.means`)}</p><p>${t(`oauth_errors.code.${code}.fix`)}</p>`,
    }),
  )}`;
}
