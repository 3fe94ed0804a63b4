import { errors } from 'oidc-provider';
import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { SIGNING_ALGS } from '../agencies/client-choices.ts';
import { isFapiAlg } from '../agencies/profiles.ts';
import type { WebApp } from '../web/context.ts';
import { fetchFromServices } from './fetch-from-services.ts';
import { serviceOf } from './services.ts';

/** How far a service's clock may be ahead: FAPI 2.0 Security Profile §5.3.2.1 asks for at least 10 s and less than 60. */
export const CLOCK_TOLERANCE_SECONDS = 10;
/** An assertion is remembered until it ends, so that it is used once: one without an end would be for ever. */
const MAX_ASSERTION_SECONDS = 3600;

/** The part of the library's configuration that says how services prove who they are. */
export function clientAuthentication(app: WebApp) {
  return {
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      ...(app.config.mutualTls
        ? (['tls_client_auth', 'self_signed_tls_client_auth'] as const)
        : []),
      'none',
    ],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    assertJwtClientAuthClaimsAndHeader: (ctx, claims, header, client) =>
      checkAssertion(ctx, { claims, header, client, now: app.clock.now() }),
    fetch: fetchFromServices(app) as NonNullable<Configuration['fetch']>,
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024, sector_identifier_uri: 64 * 1024 },
  } satisfies Configuration;
}

/**
 * The algorithms that services may sign with; never `none`, never with a shared secret. Ed25519 is the name that newer
 * libraries have for EdDSA (RFC 9864).
 */
export const CLIENT_SIGNING_ALGS = [...SIGNING_ALGS, 'Ed25519' as const];

/**
 * What the library leaves open about a client assertion (RFC 7523 §3): one audience, since an assertion for several
 * could be used by one of them at another; made before now; not for ever. Services of a FAPI profile name us by our
 * issuer and sign with its algorithms (FAPI 2.0 Security Profile §5.3.2.1, §5.4.1).
 */
function checkAssertion(
  ctx: KoaContextWithOIDC,
  assertion: {
    claims: Record<string, unknown>;
    header: Record<string, unknown>;
    client: Client;
    now: Date;
  },
): void {
  const { claims, header, client } = assertion;
  const refuse = (detail: string): never => {
    throw new errors.InvalidClientAuth(`client_assertion: ${detail}`);
  };
  const now = Math.floor(assertion.now.getTime() / 1000);
  const { aud, iat, nbf, exp, sub, jti } = claims;
  if (typeof aud !== 'string') refuse('aud must be one text, not a list (use our issuer)');
  if (sub !== client.clientId) refuse('sub must be the client_id');
  if (typeof jti !== 'string' || jti.length > 300) refuse('jti must be a text of at most 300');
  for (const [name, value] of Object.entries({ iat, nbf })) {
    if (value === undefined) continue;
    if (typeof value !== 'number' || value > now + CLOCK_TOLERANCE_SECONDS)
      refuse(`${name} is in the future`);
  }
  if (typeof exp !== 'number' || exp > now + MAX_ASSERTION_SECONDS)
    refuse(`exp must be at most ${MAX_ASSERTION_SECONDS} s ahead`);
  if (serviceOf(client).profile === 'standard') return;
  if (aud !== ctx.oidc.issuer) refuse('aud must be our issuer, and nothing else');
  if (!isFapiAlg(String(header.alg))) refuse('alg must be PS256, ES256 or EdDSA');
}
