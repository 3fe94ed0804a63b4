import * as openid from 'openid-client';
import type { DemoClient } from './register-demo-agencies.ts';
import type { PendingRequest, SignedIn } from './agency-sessions.ts';

/** Why a sign-in failed, as the agency can tell it. */
export interface SignInError {
  error: string;
  description: string | null;
}

export type CallbackResult = { ok: true; signedIn: SignedIn } | { ok: false; failure: SignInError };

/** What the agency asks of the provider: all of it by a certified library. */
export interface OidcClient {
  begin(level: { acr: string; insist: boolean }): Promise<{ url: URL; pending: PendingRequest }>;
  finish(currentUrl: URL, pending: PendingRequest): Promise<CallbackResult>;
  refresh(person: SignedIn): Promise<CallbackResult>;
  userinfo(person: SignedIn): Promise<CallbackResult>;
  signOutUrl(person: SignedIn): Promise<URL>;
}

export function oidcClient(issuer: string, client: DemoClient): OidcClient {
  const { agency, url, secret } = client;
  let discovered: Promise<openid.Configuration> | null = null;
  const configuration = () => {
    // Looked up at the first use, since provider and agency start together; again after a failure.
    discovered ??= openid
      .discovery(new URL(issuer), agency.clientId, {}, openid.ClientSecretBasic(secret), {
        execute: [openid.allowInsecureRequests],
      })
      .catch((error: unknown) => {
        discovered = null;
        throw error;
      });
    return discovered;
  };
  return {
    async begin(level) {
      const config = await configuration();
      const pending = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      };
      const to = openid.buildAuthorizationUrl(config, {
        redirect_uri: `${url}/callback`,
        scope: agency.scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        ...levelParameters(config, level),
      });
      return { url: to, pending };
    },
    async finish(currentUrl, pending) {
      const config = await configuration();
      return attempt(async () => {
        const tokens = await openid.authorizationCodeGrant(config, currentUrl, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.codeVerifier,
          idTokenExpected: true,
        });
        return toSignedIn(config, tokens, { note: null, before: null });
      });
    },
    async refresh(person) {
      const config = await configuration();
      return attempt(async () => {
        const tokens = await openid.refreshTokenGrant(config, person.refreshToken ?? '');
        return toSignedIn(config, tokens, { note: 'refreshed', before: person });
      });
    },
    async userinfo(person) {
      const config = await configuration();
      return attempt(async () => {
        const sub = subOf(person.idTokenClaims);
        const userinfo = await openid.fetchUserInfo(config, person.accessToken, sub);
        return { ...person, userinfo, note: 'asked_again' };
      });
    },
    async signOutUrl(person) {
      return openid.buildEndSessionUrl(await configuration(), {
        id_token_hint: person.idToken,
        post_logout_redirect_uri: `${url}/`,
      });
    },
  };
}

/** Insisting is an essential claim (OIDC Core §5.5.1.1); otherwise `acr_values` is a wish. */
function levelParameters(
  config: openid.Configuration,
  level: { acr: string; insist: boolean },
): Record<string, string> {
  const known = config.serverMetadata().acr_values_supported ?? [];
  const acr = known.find((value) => value.endsWith(level.acr)) ?? level.acr;
  return level.insist
    ? { claims: JSON.stringify({ id_token: { acr: { essential: true, value: acr } } }) }
    : { acr_values: acr };
}

type Tokens = Awaited<ReturnType<typeof openid.authorizationCodeGrant>>;

async function toSignedIn(
  config: openid.Configuration,
  tokens: Tokens,
  more: { note: SignedIn['note']; before: SignedIn | null },
): Promise<SignedIn> {
  const claims = tokens.claims() ?? more.before?.idTokenClaims ?? {};
  const sub = subOf(claims);
  return {
    idToken: tokens.id_token ?? more.before?.idToken ?? '',
    idTokenClaims: { ...claims },
    userinfo: await openid.fetchUserInfo(config, tokens.access_token, sub),
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? more.before?.refreshToken ?? null,
    note: more.note,
  };
}

function subOf(claims: Record<string, unknown>): string {
  if (typeof claims.sub !== 'string') throw new Error('An ID token without a sub.');
  return claims.sub;
}

async function attempt(work: () => Promise<SignedIn>): Promise<CallbackResult> {
  try {
    return { ok: true, signedIn: await work() };
  } catch (error) {
    return { ok: false, failure: describe(error) };
  }
}

function describe(error: unknown): SignInError {
  if (error instanceof openid.AuthorizationResponseError)
    return { error: error.error, description: error.error_description ?? null };
  if (error instanceof openid.ResponseBodyError)
    return { error: error.error, description: error.error_description ?? null };
  if (error instanceof openid.WWWAuthenticateChallengeError)
    return { error: 'invalid_token', description: null };
  return { error: 'sign_in_failed', description: error instanceof Error ? error.message : null };
}
