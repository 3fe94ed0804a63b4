import { linkButton } from '../components/button.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

/** The sign-in this address belonged to is over, and the service has no address to begin it anew. */
export function endedPage(model: { service: BothLanguages | null }, ui: Ui): Html {
  const { t } = ui;
  const action = model.service
    ? t('oidc.ended.at_service', { service: inLanguage(model.service, ui) })
    : t('oidc.ended.anywhere');
  return html`${pageHeading({ title: t('oidc.ended.title'), lead: t('oidc.ended.lead') })}<p>${action}</p>
${linkButton({ label: t('oidc.ended.home'), href: '/home', variant: 'secondary' })}`;
}
