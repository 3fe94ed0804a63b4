import { errors } from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { SIGNING_ALGS } from '../agencies/client-choices.ts';
import { acrValuesSupported } from '../assurance/acr.ts';
import { AccountId } from '../lib/ids.ts';
import type { WebApp } from '../web/context.ts';
import { richAuthorizationRequests } from './authorization-details.ts';
import { introspection } from './introspection.ts';
import { mayCallByScript } from './browser-origins.ts';
import { createAdapter } from './store/adapter.ts';
import { createJwtCustomizer, createTokenClaims } from './token-claims.ts';
import { CLIENT_SIGNING_ALGS, clientAuthentication } from './client-authentication.ts';
import { claimsByScope, SCOPE_NAMES } from './claims.ts';
import { personOf } from './acting/actor.ts';
import { acrBase, createFindAccount } from './find-account.ts';
import { backchannelFeature, backchannelSeconds } from './ciba/backchannel-feature.ts';
import { discoveryMetadata } from './discovery-metadata.ts';
import { deviceFlow } from './device-flow/device-pages.ts';
import { createLoadGrant } from './load-grant.ts';
import type { PayloadSeal } from './store/payload-seal.ts';
import { createPolicy } from './policy.ts';
import { resourceIndicators } from './resources.ts';
import { ENCRYPTION_ALGS, pkceRequired, signedMessages } from './request-objects.ts';
import { DPOP_ALGS, senderConstraints } from './sender-constraint.ts';
import { serviceOf } from './services.ts';
import { showSignOut, showSignedOut } from './sign-out-pages.ts';
import { showError } from './show-error.ts';
import { subjectOf } from './subject.ts';
import { claimsFault } from './wanted.ts';

/** Where the library's endpoints are; the well-known documents stay at the root. */
export const ROUTES = {
  authorization: '/oidc/auth',
  token: '/oidc/token',
  userinfo: '/oidc/userinfo',
  jwks: '/oidc/jwks',
  revocation: '/oidc/revocation',
  introspection: '/oidc/introspection',
  pushed_authorization_request: '/oidc/request',
  end_session: '/oidc/sign-out',
  device_authorization: '/oidc/device-authorization',
  backchannel_authentication: '/oidc/backchannel-authentication',
  // Short, since people type it; the way back from an interaction is below it.
  code_verification: '/device',
};

const SIGNING = SIGNING_ALGS;

/**
 * The library's configuration, every choice of it: the code flow alone, PKCE always, one-time everything, each
 * lifetime from our settings (DESIGN sections 7 and 8). Keys are put in later (signing-keys/library-key.ts).
 */
export function createConfiguration(app: WebApp, seal: PayloadSeal): Configuration {
  const { config } = app;
  const findAccount = createFindAccount(app);
  const auth = clientAuthentication(app);
  // A grant ends after the last refresh token that may be issued under it.
  const grantSeconds = 2 * config.SESSION_SECONDS + config.REFRESH_TOKEN_SECONDS;
  return {
    adapter: createAdapter({ app, seal }),
    routes: ROUTES,
    responseTypes: ['code'],
    scopes: ['openid', ...SCOPE_NAMES],
    claims: claimsByScope(),
    acrValues: acrValuesSupported(acrBase(app)),
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (ctx, accountId, client) =>
      subjectOf(app, serviceOf(client).agency, personIn(ctx, requireAccount(accountId))),
    ...auth,
    enabledJWA: {
      ...ENCRYPTION_ALGS,
      idTokenSigningAlgValues: [...SIGNING],
      userinfoSigningAlgValues: [...SIGNING],
      authorizationSigningAlgValues: [...SIGNING],
      introspectionSigningAlgValues: [...SIGNING],
      clientAuthSigningAlgValues: [...CLIENT_SIGNING_ALGS],
      requestObjectSigningAlgValues: [...CLIENT_SIGNING_ALGS],
      dPoPSigningAlgValues: [...DPOP_ALGS],
    },
    pkce: { required: pkceRequired },
    conformIdTokenClaims: true,
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: cookiesOf(app),
    features: featuresOf(app),
    extraTokenClaims: createTokenClaims(app),
    formats: { customizers: { jwt: createJwtCustomizer(app) } },
    ttl: lifetimes(app, grantSeconds),
    findAccount: findAccount as NonNullable<Configuration['findAccount']>,
    loadExistingGrant: createLoadGrant(app, grantSeconds),
    expiresWithSession: async () => true,
    // Refresh tokens belong to a session of at most a day: no offline_access needed, nor given.
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // A confidential service is known by its own key (RFC 9700 §4.14.2); a public one gets a new token each time.
    rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none',
    interactions: {
      policy: createPolicy(app),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    renderError: (ctx, out, error) => showError(app, ctx, { out, error }),
    clientBasedCORS: mayCallByScript,
    discovery: discoveryMetadata(app, { routes: ROUTES, authMethods: auth.clientAuthMethods }),
  };
}

function cookiesOf({ config }: WebApp): Configuration['cookies'] {
  const prefix = config.secureCookies ? '__Secure-' : '';
  const options = { signed: true, httpOnly: true, sameSite: 'lax', path: '/' } as const;
  return {
    names: {
      session: `${prefix}tangchat_oidc`,
      interaction: `${prefix}tangchat_interaction`,
      resume: `${prefix}tangchat_resume`,
    },
    long: options,
    short: options,
  };
}

function featuresOf(app: WebApp): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    ...senderConstraints(app),
    ...signedMessages(app),
    deviceFlow: deviceFlow(app),
    ciba: backchannelFeature(),
    clientCredentials: { enabled: true },
    resourceIndicators: resourceIndicators(app),
    richAuthorizationRequests: richAuthorizationRequests(app),
    claimsParameter: { enabled: true, assertClaimsParameter: refuseForeignClaims },
    introspection: introspection(app),
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => client.clientId === token.clientId,
    },
    pushedAuthorizationRequests: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => showSignOut(app, ctx, form),
      postLogoutSuccessSource: (ctx) => showSignedOut(app, ctx),
    },
    userinfo: { enabled: true },
  };
}

/** A service that names a claim it was not registered for learns so at once, not by a claim that never comes. */
async function refuseForeignClaims(ctx: KoaContextWithOIDC): Promise<void> {
  const fault = claimsFault(ctx.oidc.params?.claims, serviceOf(ctx.oidc.client).claims);
  if (fault !== null) throw new errors.InvalidRequest(fault);
}

/** Access and refresh tokens end with the library's session, which ends with ours; whatever their own lifetime. */
function lifetimes({ config, clock }: WebApp, grantSeconds: number): Configuration['ttl'] {
  const now = () => Math.floor(clock.now().getTime() / 1000);
  return {
    AuthorizationCode: config.CODE_SECONDS,
    AccessToken: (_ctx, token) =>
      token.resourceServer?.accessTokenTTL ?? config.ACCESS_TOKEN_SECONDS,
    ClientCredentials: (_ctx, token) =>
      token.resourceServer?.accessTokenTTL ?? config.ACCESS_TOKEN_SECONDS,
    IdToken: config.ID_TOKEN_SECONDS,
    Interaction: config.INTERACTION_SECONDS,
    DeviceCode: config.DEVICE_CODE_SECONDS,
    BackchannelAuthenticationRequest: (ctx) => backchannelSeconds(ctx, config.APPROVAL_SECONDS),
    Grant: grantSeconds,
    // As long as any token that is bound to it.
    Session: config.SESSION_SECONDS + config.REFRESH_TOKEN_SECONDS,
    // At most so long past the last active sign-in, however often it is refreshed.
    RefreshToken: (_ctx, token) => {
      const authTime = (token as { authTime?: number }).authTime ?? now();
      return Math.max(1, config.REFRESH_TOKEN_SECONDS - (now() - authTime));
    },
  };
}

/** Whose `sub` it is. A job has no request: it names the person itself. */
function personIn(ctx: KoaContextWithOIDC | undefined, accountId: AccountId): AccountId {
  return ctx ? personOf(ctx, accountId) : accountId;
}

function requireAccount(text: string): AccountId {
  const id = AccountId.parse(text);
  if (!id) throw new TypeError('A token names an account that is none.');
  return id;
}
