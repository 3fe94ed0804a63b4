import { consentPage } from '../../views/oidc/consent.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { claimValues } from './claims.ts';
import { findConsent } from './consents.ts';
import type { OidcApp } from './create-oidc.ts';
import { claimFacts } from './holder.ts';
import type { Holder } from './holder.ts';
import type { OpenInteraction } from './open-interaction.ts';
import { tellable, wantedBy } from './wanted.ts';

/** What will be shared, value by value, with whom and why. */
export async function showConsent(
  ctx: Context,
  app: OidcApp,
  { interaction, holder }: { interaction: OpenInteraction; holder: Holder },
): Promise<void> {
  const { uid, service, parameters } = interaction;
  const wanted = wantedBy(parameters, service);
  const before = await findConsent(app.db, {
    accountId: holder.accountId,
    serviceId: service.clientId,
  });
  const known = tellable(wanted, holder, service).claims;
  const values = claimValues(known, claimFacts(holder, service));
  await page(ctx, app, {
    view: consentPage,
    model: {
      uid,
      service: service.name,
      agency: service.agency.name,
      purpose: service.purpose,
      grown: before !== null,
      claims: wanted.claims.map((name) => ({
        name,
        value: values[name],
        isNew: before !== null && known.includes(name) && !before.claims.includes(name),
      })),
      levels: { ial: holder.assurance.ial, aal: interaction.web!.aal },
    },
    title: 'oidc.consent.title',
    titleParams: { service: service.name[ctx.state.lang] },
    area: 'plain',
  });
}
