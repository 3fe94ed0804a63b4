import type { ClientMetadata } from 'oidc-provider';
import type { Service } from '../agencies/service.ts';
import type { GrantType } from '../agencies/client-choices.ts';
import { scopesFor } from './claims.ts';
import { sectorAddress } from './sectors.ts';

/**
 * For these the library wants keys of a pairwise service, to derive its sector from their address. Our sector is the
 * agency, so it is not told of them here: `services.ts` gives them to the client that was made.
 */
const SECTOR_BY_KEYS: readonly GrantType[] = [
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
];

/** A service as the library wants it told. */
export function clientMetadata(service: Service, issuer: string): ClientMetadata {
  const usesCode = service.grantTypes.includes('authorization_code');
  return {
    ...service.protocol,
    // Checked by ourselves (authorization-details.ts): the library knows those types only that were there at its start.
    authorization_details_types: undefined,
    // Called by our own job (ciba/ping-service.ts); the library would want it to be https in the sandbox too.
    backchannel_client_notification_endpoint: undefined,
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
    grant_types: service.grantTypes.filter((grant) => !SECTOR_BY_KEYS.includes(grant)),
    response_types: usesCode ? ['code'] : [],
    require_pushed_authorization_requests: service.requirePar,
    scope: scopesFor(service.claims).join(' '),
    subject_type: 'pairwise',
    // The sector is the agency, always (subject.ts): however many hosts its services have.
    sector_identifier_uri: sectorAddress(issuer, service.agency),
  };
}
