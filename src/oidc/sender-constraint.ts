import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { WebApp } from '../web/context.ts';
import { CLIENT_SIGNING_ALGS } from './client-authentication.ts';
import { certificateSubjectIs, clientCertificates } from './client-certificate.ts';

type Features = NonNullable<Configuration['features']>;

/** RS256 is left out: its padding is what FAPI 2.0 §5.4.1 rules out, and nobody needs it for a key made for this. */
export const DPOP_ALGS = CLIENT_SIGNING_ALGS.filter((alg) => alg !== 'RS256');

/** Tokens that only who was given them can use: DPoP (RFC 9449) and certificate-bound ones (RFC 8705 §3). */
export function senderConstraints(app: WebApp) {
  const { config, keys } = app;
  const certificates = clientCertificates(config);
  return {
    dPoP: {
      enabled: true,
      nonceSecret: keys.dpopNonceSecret,
      // Always: a proof made ahead, on a machine that somebody else had for a moment, is worth nothing (RFC 9449 §8).
      requireNonce: () => true,
      allowReplay: false,
    },
    mTLS: {
      enabled: config.mutualTls,
      certificateBoundAccessTokens: config.mutualTls,
      selfSignedTlsClientAuth: config.mutualTls,
      tlsClientAuth: config.mutualTls,
      getCertificate: (ctx) => certificates.of(ctx),
      certificateAuthorized: (ctx) => certificates.isVerified(ctx),
      certificateSubjectMatches: (ctx, property, expected) =>
        certificateSubjectIs(certificates.of(ctx), property, expected),
    },
  } satisfies Features;
}

/** Endpoints that are also at the address with mutual TLS (RFC 8705 §5), for the discovery document. */
export function mtlsAliases(
  app: WebApp,
  routes: Readonly<Record<string, string>>,
): { mtls_endpoint_aliases?: Record<string, string> } {
  const base = app.config.MTLS_URL?.replace(/\/$/, '');
  if (base === undefined || !app.config.mutualTls) return {};
  const aliases = Object.entries(ALIASED)
    .filter(([route]) => routes[route] !== undefined)
    .map(([route, name]) => [name, `${base}${routes[route]}`] as const);
  return { mtls_endpoint_aliases: Object.fromEntries(aliases) };
}

const ALIASED = {
  token: 'token_endpoint',
  revocation: 'revocation_endpoint',
  introspection: 'introspection_endpoint',
  userinfo: 'userinfo_endpoint',
  pushed_authorization_request: 'pushed_authorization_request_endpoint',
  device_authorization: 'device_authorization_endpoint',
  backchannel_authentication: 'backchannel_authentication_endpoint',
} as const;

/**
 * The `sender_constrained` claim: whether the access token of this sign-in is bound to a key of the service. It binds
 * the service, not the person, so it never raises the FAL.
 */
export function isSenderConstrained({ oidc }: KoaContextWithOIDC): boolean {
  const { AccessToken: token } = oidc.entities;
  if (token) return token.isSenderConstrained();
  const { client } = oidc;
  return (
    client?.dpopBoundAccessTokens === true || client?.tlsClientCertificateBoundAccessTokens === true
  );
}
