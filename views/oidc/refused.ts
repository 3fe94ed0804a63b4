import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { inLanguage } from './names.ts';
import type { BothLanguages } from './names.ts';

const REASONS = [
  'suspended',
  'revoked',
  'naturalised',
  'deceased',
  'superseded',
  'stay_not_lawful',
  'document_not_current',
  'pathway_refused',
  'guardianship_ended',
  'guardian_not_admitted',
  'guardian_not_proven',
  'ward_not_admitted',
] as const;

/** Why this sign-in can't go on, and what to do: by the ID's state, or the service's own demands. */
export function refusedPage(
  model: { uid: string; service: BothLanguages; reason: string },
  ui: Ui,
): Html {
  const { t } = ui;
  const reason = REASONS.find((known) => known === model.reason) ?? 'other';
  const service = inLanguage(model.service, ui);
  return html`${pageHeading({
    eyebrow: service,
    title: t('oidc.refused.title'),
    lead: t(`oidc.refused.${reason}.lead`, { service }),
  })}${alert({ tone: 'info', title: t('oidc.refused.what_now'), body: t(`oidc.refused.${reason}.action`) })}
<p>${link({ label: t('oidc.refused.home'), href: '/home' })}</p>
${form(
  {
    action: `/interaction/${model.uid}/cancellation`,
    body: button({ label: t('oidc.cancel', { service }), variant: 'secondary' }),
  },
  ui,
)}`;
}
