import type { KoaContextWithOIDC } from 'oidc-provider';
import { findAgreements } from '../agencies/find-agreement.ts';
import type { Resource } from '../agencies/resource.ts';
import { meets } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { unmetDemand } from './find-account.ts';
import { holderOf } from './holder.ts';
import { resourceOf } from './resources.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import { actTold, resourceSubject, signInTold, sourceOf } from './token-claims.ts';

type Client = NonNullable<KoaContextWithOIDC['oidc']['client']>;

/** A stored token, as far as it matters here. */
interface Token {
  kind?: string | undefined;
  clientId?: string | undefined;
  accountId?: string | undefined;
  aud?: string | string[] | undefined;
  extra?: Record<string, unknown> | undefined;
}

/**
 * Introspection (RFC 7662): a service sees its own tokens, and a resource server (any service of its agency that
 * authenticates) those for its resource. Inactive at once where the person may not sign in any more, the service or
 * the resource is suspended, or what either demands is not met; the levels told are those of now.
 */
export function introspection(app: App) {
  return {
    enabled: true,
    allowedPolicy: async (ctx: KoaContextWithOIDC, client: Client, token: Token) => {
      const resource = typeof token.aud === 'string' ? await resourceOf(app, token.aud) : null;
      if (token.aud !== undefined && !resource) return false;
      if (!maySee(client, token, resource)) return false;
      const owner = await ctx.oidc.provider.Client.find(token.clientId ?? '');
      if (!owner) return false;
      if (token.kind === 'ClientCredentials')
        return resource?.services.includes(owner.clientId) === true;
      return tellsNow(app, ctx, { token, resource, owner });
    },
  };
}

function maySee(client: Client, token: Token, resource: Resource | null): boolean {
  const requestedBy = sourceOf(token).requestedBy ?? token.clientId;
  if (client.clientId === requestedBy) return true;
  const asking = serviceOf(client);
  return resource?.agency.id === asking.agency.id && asking.authMethod !== 'none';
}

/** Whether a person's token is worth anything now. What the library answers of it is made anew. */
async function tellsNow(
  app: App,
  ctx: KoaContextWithOIDC,
  input: { token: Token; resource: Resource | null; owner: Client },
): Promise<boolean> {
  const { token, resource, owner } = input;
  const accountId = AccountId.parse(token.accountId);
  const aal = requestStoreOf(ctx)?.reads.aal ?? null;
  if (!accountId || aal === null) return false;
  const holder = await holderOf(ctx, app, accountId);
  const levels = { ial: holder.assurance.ial, aal };
  if (!holder.assurance.signIn.maySignIn) return false;
  if (unmetDemand(holder, serviceOf(owner), aal) !== null) return false;
  if (resource && !meets(resource.minimum, levels)) return false;
  const source = sourceOf(token);
  if (source.requestedBy !== undefined) {
    const by = { serviceId: source.requestedBy, resource: resource?.identifier ?? '' };
    const agreed = await findAgreements(app.db, { ...by, at: app.clock.now() });
    if (agreed.length === 0) return false;
  }
  if (token.kind !== 'AccessToken') return true;
  const sub = await resourceSubject(app, ctx, token);
  token.extra = {
    ...signInTold(app, source, levels),
    ...(await actTold(app, ctx, { token, source })),
    ...(sub === null ? {} : { sub }),
  };
  // The library tells whose grant it is; told is who asked for the token (RFC 8693 §4.3).
  if (source.requestedBy !== undefined) token.clientId = source.requestedBy;
  return true;
}
