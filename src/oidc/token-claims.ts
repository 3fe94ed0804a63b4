import type { KoaContextWithOIDC } from 'oidc-provider';
import { FAL, chooseAcr } from '../assurance/acr.ts';
import type { Levels } from '../assurance/acr.ts';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { guardianTold, personOf, withGuardian } from './acting/actor.ts';
import type { Actor } from './acting/actor.ts';
import { holderOf } from './holder.ts';
import { resourceOf } from './resources.ts';
import { serviceOf } from './services.ts';
import { requestStoreOf } from './store/request-store.ts';
import { subjectOf } from './subject.ts';

/** How the person signed in, as a token tells it beside its own fields. No name, no number. */
export interface SignInTold {
  acr: string;
  amr?: string[];
  auth_time?: number;
  ial: number;
  aal: number;
  fal: number;
  /** Of exchanged tokens, and where a guardian acts. */
  act?: Actor;
  client_id?: string;
}

/** What a token was made from. */
export interface TokenSource {
  acr?: string | undefined;
  amr?: string[] | undefined;
  authTime?: number | undefined;
  /** The services that exchanged it. */
  act?: Actor;
  /** The service that exchanged it. */
  requestedBy?: string;
}

const sources = new WeakMap<object, TokenSource>();

/** Says what a token is made from, where it is neither a code nor a refresh token. */
export function tellSource(token: object, source: TokenSource): void {
  sources.set(token, source);
}

interface Token {
  kind?: string | undefined;
  accountId?: string | undefined;
  aud?: string | string[] | undefined;
  extra?: Record<string, unknown> | undefined;
  resourceServer?: { accessTokenFormat?: string | undefined } | undefined;
}

/** `extraTokenClaims` of the library: what every access token of a person says of the sign-in, as of now. */
export function createTokenClaims(app: App) {
  return async (ctx: KoaContextWithOIDC, token: Token) => {
    const accountId = token.kind === 'AccessToken' ? AccountId.parse(token.accountId) : null;
    const aal = requestStoreOf(ctx)?.reads.aal ?? null;
    if (!accountId || aal === null) return undefined;
    const { assurance } = await holderOf(ctx, app, accountId);
    const { entities } = ctx.oidc;
    const source: TokenSource =
      sources.get(token) ??
      entities.RefreshToken ??
      entities.AuthorizationCode ??
      entities.DeviceCode ??
      entities.BackchannelAuthenticationRequest ??
      {};
    const levels = { ial: assurance.ial, aal };
    // Of an opaque token introspection tells it anew, so that what is stored is the chain of services alone.
    if (token.resourceServer?.accessTokenFormat !== 'jwt')
      return { ...signInTold(app, source, levels) };
    return { ...signInTold(app, source, levels), ...(await actTold(app, ctx, { token, source })) };
  };
}

/** Who acts, as whoever gets the token knows them: the resource's agency, else the service's. */
export async function actTold(
  app: App,
  ctx: KoaContextWithOIDC,
  { token, source }: { token: Pick<Token, 'aud'>; source: TokenSource },
): Promise<{ act?: Actor }> {
  const resource = typeof token.aud === 'string' ? await resourceOf(app, token.aud) : null;
  const agency = resource?.agency ?? serviceOf(ctx.oidc.client).agency;
  return withGuardian(source.act, await guardianTold(app, ctx, agency));
}

/** The sign-in as a token tells it: `acr` as it was asked where that is still met, else the true one. */
export function signInTold(
  app: Pick<App, 'config'>,
  source: TokenSource,
  levels: Levels,
): SignInTold {
  return {
    acr: chooseAcr(source.acr === undefined ? [] : [source.acr], levels, app.config.ACR_BASE),
    ...(source.amr ? { amr: source.amr } : {}),
    ...(source.authTime === undefined ? {} : { auth_time: source.authTime }),
    ...levels,
    fal: FAL,
    ...(source.act ? { act: source.act } : {}),
    ...(source.requestedBy ? { client_id: source.requestedBy } : {}),
  };
}

/** The same, back from what a stored token keeps in `extra`. */
export function sourceOf(token: Pick<Token, 'extra'>): TokenSource {
  const {
    acr,
    amr,
    auth_time: authTime,
    act,
    client_id: by,
  } = (token.extra ?? {}) as Partial<SignInTold>;
  return {
    acr,
    amr,
    authTime,
    ...(act ? { act } : {}),
    ...(by === undefined ? {} : { requestedBy: by }),
  };
}

/** The `sub` of a token for a resource: the one that the resource's own agency sees. */
export async function resourceSubject(
  app: App,
  ctx: object,
  token: Pick<Token, 'aud' | 'accountId'>,
): Promise<string | null> {
  const resource = typeof token.aud === 'string' ? await resourceOf(app, token.aud) : null;
  const accountId = AccountId.parse(token.accountId);
  return resource && accountId ? subjectOf(app, resource.agency, personOf(ctx, accountId)) : null;
}

/** `formats.customizers.jwt` of the library (RFC 9068): the resource's own `sub`, and who asked for an exchanged token. */
export function createJwtCustomizer(app: App) {
  return async (ctx: KoaContextWithOIDC, token: Token, jwt: { payload: object }): Promise<void> => {
    const sub = await resourceSubject(app, ctx, token);
    if (sub !== null) Object.assign(jwt.payload, { sub });
    const { requestedBy } = sources.get(token) ?? {};
    if (requestedBy !== undefined) Object.assign(jwt.payload, { client_id: requestedBy });
  };
}
