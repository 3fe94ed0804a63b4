import type { ClientMetadata } from 'oidc-provider';
import type { Service } from '../agencies/service.ts';
import { scopesFor } from './claims.ts';

/** A service as the library wants it told. */
export function clientMetadata(service: Service): ClientMetadata {
  const hosts = new Set(service.redirectUris.map((uri) => URL.parse(uri)?.host));
  const usesCode = service.grantTypes.includes('authorization_code');
  return {
    ...service.protocol,
    client_id: service.clientId,
    client_name: service.name.en,
    // The library wants a secret to be there; only the digest is, and only `compareClientSecret` looks at it.
    ...(service.secretDigest ? { client_secret: service.secretDigest.toString('base64url') } : {}),
    ...(service.jwks ? { jwks: service.jwks } : {}),
    application_type: service.applicationType,
    redirect_uris: service.redirectUris,
    post_logout_redirect_uris: service.postLogoutRedirectUris,
    token_endpoint_auth_method: service.authMethod,
    id_token_signed_response_alg: service.idTokenAlg,
    grant_types: service.grantTypes,
    response_types: usesCode ? ['code'] : [],
    require_pushed_authorization_requests: service.requirePar,
    scope: scopesFor(service.claims).join(' '),
    subject_type: 'pairwise',
    // The sector is the agency, always (subject.ts). The library asks for an address where hosts differ; it is
    // never fetched, since clients come from our register.
    ...(hosts.size > 1 ? { sector_identifier_uri: `https://${service.agency.code}.invalid/` } : {}),
  };
}
