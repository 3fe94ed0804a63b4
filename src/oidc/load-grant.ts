import type { KoaContextWithOIDC } from 'oidc-provider';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { choiceOf } from './acting/choice.ts';
import { partiesOf } from './acting/parties.ts';
import { taggedOf } from './claims.ts';
import { consentInForce } from './consent-in-force.ts';
import { covers } from './consents.ts';
import type { Wanted } from './consents.ts';
import { holderOf } from './holder.ts';
import type { Holder } from './holder.ts';
import { wantedResources } from './resources.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import { tellable, wantedBy } from './wanted.ts';

type Grant = InstanceType<KoaContextWithOIDC['oidc']['provider']['Grant']>;

/**
 * The library's `loadExistingGrant`: a grant is of one browser session and service, made from the consent on
 * record; the consent is remembered, the grant comes and goes. Nothing where the consent is missing or smaller
 * than what is asked: then the library prompts for it. One browser session has one grant at a service: who signs in there for
 * somebody else ends what they had.
 */
export function createLoadGrant(app: App, grantSeconds: number) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, session, provider } = ctx.oidc;
    const accountId = AccountId.parse(session?.accountId);
    if (!client || !session || !accountId) return undefined;
    const choice = await choiceOf(app, ctx, accountId);
    // Whom it would be about is asked first.
    if (!choice.made) return undefined;
    const holder = await holderOf(ctx, app, accountId);
    const wanted = await wantedOf(app, ctx, holder);
    const grantId = session.grantIdFor(client.clientId);
    const found = grantId ? await provider.Grant.find(grantId) : undefined;
    const known = found && (await isAbout(ctx, found, choice.wardId)) ? found : undefined;
    if (known && known.accountId === accountId && covers(told(known), wanted) && !endsSoon(known))
      return known;
    const consent = await consentInForce(ctx, app, partiesOf(holder, client.clientId));
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
  return !covers(told(grant), await wantedOf(app, ctx, await holderOf(ctx, app, accountId)));
}

/** Whether a grant is about the ward, or about the account's holder themselves (null). */
async function isAbout(ctx: object, grant: Grant, wardId: AccountId | null): Promise<boolean> {
  return (await requestStoreOf(ctx)?.reads.wardOfGrant(grant.jti)) === wardId;
}

async function wantedOf(app: App, ctx: KoaContextWithOIDC, holder: Holder): Promise<Wanted> {
  const service = serviceOf(ctx.oidc.client);
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
