import { errors } from 'oidc-provider';
import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { isFapiAlg } from '../agencies/profiles.ts';
import type { App } from '../lib/app.ts';
import { CLOCK_TOLERANCE_SECONDS } from './client-authentication.ts';
import { serviceOf } from './services.ts';

type Features = NonNullable<Configuration['features']>;

/** Key agreement and transport under a service's public key. Never under its secret, of which we keep a digest. */
const KEY_ENCRYPTION = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'] as const;
const CONTENT_ENCRYPTION = ['A128CBC-HS256', 'A128GCM', 'A256CBC-HS512', 'A256GCM'] as const;

/** The algorithms that answers can be encrypted with. What comes to us encrypted is refused: TLS and PAR keep it. */
export const ENCRYPTION_ALGS = {
  idTokenEncryptionAlgValues: [...KEY_ENCRYPTION],
  idTokenEncryptionEncValues: [...CONTENT_ENCRYPTION],
  userinfoEncryptionAlgValues: [...KEY_ENCRYPTION],
  userinfoEncryptionEncValues: [...CONTENT_ENCRYPTION],
  introspectionEncryptionAlgValues: [...KEY_ENCRYPTION],
  introspectionEncryptionEncValues: [...CONTENT_ENCRYPTION],
  authorizationEncryptionAlgValues: [...KEY_ENCRYPTION],
  authorizationEncryptionEncValues: [...CONTENT_ENCRYPTION],
  requestObjectEncryptionAlgValues: [],
  requestObjectEncryptionEncValues: [],
} satisfies Configuration['enabledJWA'];

/** A request object lives no longer (FAPI 2.0 Message Signing §5.3.1). */
const MAX_SECONDS = 3600;

/**
 * Requests and answers that are signed: JAR (RFC 9101) by value and pushed, never fetched from an address; JARM; and
 * signed and encrypted userinfo and introspection. Which service must use what was settled at its registration
 * (agencies/profiles.ts); what its profile says beyond that, the library enforces by `fapi` and we below.
 */
export function signedMessages(app: Pick<App, 'clock'>) {
  return {
    requestObjects: {
      enabled: true,
      assertJwtClaimsAndHeader: (ctx, claims, header, client) =>
        checkRequestObject(ctx, { claims, header, client, now: app.clock.now() }),
    },
    jwtResponseModes: { enabled: true },
    jwtUserinfo: { enabled: true },
    jwtIntrospection: { enabled: true },
    encryption: { enabled: true },
    fapi: {
      enabled: true,
      profile: (_ctx, client) =>
        client && serviceOf(client).profile !== 'standard' ? '2.0' : undefined,
    },
  } satisfies Features;
}

interface RequestObject {
  claims: Record<string, unknown>;
  header: Record<string, unknown>;
  client: Client;
  now: Date;
}

/**
 * What the library leaves open: times that are no times or ahead of now, and for FAPI services the algorithm and the
 * window `nbf` to `exp` (FAPI 2.0 Message Signing §5.3.1). A pushed request that was no object comes here as one of
 * the library's own making, which has all of it.
 */
function checkRequestObject(ctx: KoaContextWithOIDC, object: RequestObject): void {
  const { claims, header, client } = object;
  const refuse = (detail: string): never => {
    throw new errors.InvalidRequestObject(`request: ${detail}`);
  };
  const latest = Math.floor(object.now.getTime() / 1000) + CLOCK_TOLERANCE_SECONDS;
  const { iat, nbf, exp } = claims;
  if (iat !== undefined && (typeof iat !== 'number' || iat > latest))
    refuse('iat is in the future');
  if (ctx.oidc.entities.PushedAuthorizationRequest) return;
  if (ctx.oidc.route === 'backchannel_authentication')
    for (const name of ['exp', 'iat', 'nbf', 'jti'])
      if (claims[name] === undefined) refuse(`${name} is missing (CIBA §7.1.1)`);
  if (serviceOf(client).profile === 'standard') return;
  if (!isFapiAlg(String(header.alg))) refuse('alg must be PS256, ES256 or EdDSA');
  if (typeof nbf !== 'number' || typeof exp !== 'number') return refuse('must have nbf and exp');
  if (exp <= nbf || exp - nbf > MAX_SECONDS)
    refuse(`exp must be at most ${MAX_SECONDS} s after nbf`);
}

/**
 * PKCE by S256, always; but a confidential service of an older stack may be registered without it. Then `nonce` ties
 * the code to the browser that asked (RFC 9700 §2.1.1), so it must be there, and an ID token that shows it.
 */
export function pkceRequired(ctx: KoaContextWithOIDC, client: Client): boolean {
  if (serviceOf(client).pkceRequired) return true;
  const { nonce } = ctx.oidc.params ?? {};
  if (typeof nonce === 'string' && ctx.oidc.requestParamScopes.has('openid')) return false;
  throw new errors.InvalidRequest(
    'nonce must be given with scope openid where code_challenge is not',
  );
}
