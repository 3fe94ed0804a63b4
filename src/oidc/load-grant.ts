import type { KoaContextWithOIDC } from 'oidc-provider';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { taggedOf } from './claims.ts';
import { consentInForce } from './consent-in-force.ts';
import { covers } from './consents.ts';
import type { Wanted } from './consents.ts';
import { holderOf } from './holder.ts';
import { wantedResources } from './resources.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import { tellable, wantedBy } from './wanted.ts';

type Grant = InstanceType<KoaContextWithOIDC['oidc']['provider']['Grant']>;

/**
 * The library's `loadExistingGrant`: a grant is of one browser session and service, made from the consent on
 * record; the consent is remembered, the grant comes and goes. Nothing where the consent is missing or smaller
 * than what is asked: then the library prompts for it.
 */
export function createLoadGrant(app: App, grantSeconds: number) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, session, provider } = ctx.oidc;
    const accountId = AccountId.parse(session?.accountId);
    if (!client || !session || !accountId) return undefined;
    const wanted = await wantedOf(app, ctx, accountId);
    const grantId = session.grantIdFor(client.clientId);
    const known = grantId ? await provider.Grant.find(grantId) : undefined;
    if (known && known.accountId === accountId && covers(told(known), wanted) && !endsSoon(known))
      return known;
    const by = { accountId, serviceId: client.clientId };
    const consent = await consentInForce(ctx, app, by);
    if (!consent || !covers(consent, wanted)) return undefined;
    const grant = new provider.Grant({
      accountId,
      clientId: client.clientId,
      // The same name where it goes on, so that tokens under it live on.
      ...(known ? { jti: known.jti } : {}),
    });
    grant.addOIDCScope(consent.scopes.join(' '));
    // A claim in another language is the same claim; the library knows each only by its whole name.
    grant.addOIDCClaims([...consent.claims, ...taggedOf(consent.claims)]);
    for (const [resource, scopes] of Object.entries(consent.resources))
      grant.addResourceScope(resource, scopes.join(' '));
    // It may be withdrawn before this request writes.
    requestStoreOf(ctx)!.writes.restOn(consent.id);
    await grant.save();
    return grant;
  };

  /** A refresh token issued now may outlive a grant that ends in less than its lifetime. */
  function endsSoon(grant: Grant): boolean {
    const left = (grant.exp ?? 0) - Math.floor(app.clock.now().getTime() / 1000);
    return left < grantSeconds - app.config.SESSION_SECONDS;
  }
}

/** Whether the request's grant leaves something that the person has to agree to first. */
export async function consentIsMissing(app: App, ctx: KoaContextWithOIDC): Promise<boolean> {
  const accountId = AccountId.parse(ctx.oidc.session?.accountId);
  const { Grant: grant } = ctx.oidc.entities;
  if (!accountId || !grant) return true;
  return !covers(told(grant), await wantedOf(app, ctx, accountId));
}

async function wantedOf(app: App, ctx: KoaContextWithOIDC, accountId: AccountId): Promise<Wanted> {
  const service = serviceOf(ctx.oidc.client);
  const holder = await holderOf(ctx, app, accountId);
  const params = ctx.oidc.params ?? {};
  const resources = await wantedResources(app, params);
  return { ...tellable(wantedBy(params, service), holder, service), resources };
}

function told(grant: Grant): Wanted {
  return {
    scopes: grant.getOIDCScope().split(' '),
    claims: grant.getOIDCClaims() as Wanted['claims'][number][],
    resources: Object.fromEntries(
      Object.keys(grant.resources ?? {}).map((resource) => [
        resource,
        grant.getResourceScope(resource).split(' '),
      ]),
    ),
  };
}
