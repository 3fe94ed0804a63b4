import { consentPage } from '../../views/oidc/consent.ts';
import type { SharedModel } from '../../views/oidc/consent.ts';
import type { Service } from '../agencies/service.ts';
import type { Aal } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import type { Context } from '../web/context.ts';
import { partiesOf } from './acting/parties.ts';
import { accessModel } from './access-model.ts';
import { page } from '../web/page.ts';
import { consentInForce } from './consent-in-force.ts';
import { findConsent } from './consents.ts';
import type { Consent } from './consents.ts';
import { fullName } from './person-texts.ts';
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
  const shared = await sharedModel(app, {
    service,
    parameters,
    holder,
    aal: interaction.web!.aal,
    before: await consentInForce(ctx, app, partiesOf(holder, service.clientId)),
  });
  await page(ctx, app, {
    view: consentPage,
    model: {
      uid,
      forWhom:
        holder.actedBy === null ? null : (fullName(holder.standing?.attributes() ?? null) ?? null),
      purpose: service.purpose,
      ...shared,
      access: await accessModel(app, {
        parties: partiesOf(holder, service.clientId),
        parameters,
      }),
    },
    title: 'oidc.consent.title',
    titleParams: { service: service.name[ctx.state.lang] },
    area: 'plain',
  });
}

/** What a request would share of this holder, for the page that asks them. */
export async function sharedModel(
  app: App,
  request: {
    service: Service;
    parameters: Record<string, unknown>;
    holder: Holder;
    aal: Aal;
    /** The consent in force, where it is known; read otherwise. */
    before?: Consent | null;
  },
): Promise<SharedModel> {
  const { service, parameters, holder, aal } = request;
  const wanted = wantedBy(parameters, service);
  const before =
    request.before === undefined
      ? await findConsent(app.db, partiesOf(holder, service.clientId))
      : request.before;
  const known = tellable(wanted, holder, service).claims;
  const values = sharedValues(app, { items: known, holder, service });
  const purposes = purposesIn(parameters.claims);
  return {
    service: service.name,
    agency: service.agency.name,
    grown: before !== null,
    lines: wanted.claims.map((name) => ({
      name,
      value: values.get(name) ?? null,
      isNew: before !== null && known.includes(name) && !before.claims.includes(name),
      purpose: purposes.get(name) ?? null,
    })),
    levels: { ial: holder.assurance.ial, aal },
  };
}
