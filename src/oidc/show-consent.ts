import { consentPage } from '../../views/oidc/consent.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { findConsent } from './consents.ts';
import { purposesIn, sharedValues } from './shared-values.ts';
import type { OidcApp } from './create-oidc.ts';
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
  const values = sharedValues(app, { items: known, holder, service });
  const purposes = purposesIn(parameters.claims);
  await page(ctx, app, {
    view: consentPage,
    model: {
      uid,
      service: service.name,
      agency: service.agency.name,
      purpose: service.purpose,
      grown: before !== null,
      lines: wanted.claims.map((name) => ({
        name,
        value: values.get(name) ?? null,
        isNew: before !== null && known.includes(name) && !before.claims.includes(name),
        purpose: purposes.get(name) ?? null,
      })),
      levels: { ial: holder.assurance.ial, aal: interaction.web!.aal },
    },
    title: 'oidc.consent.title',
    titleParams: { service: service.name[ctx.state.lang] },
    area: 'plain',
  });
}
