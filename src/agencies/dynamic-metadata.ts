import { PROTOCOL_NAMES } from './protocol-metadata.ts';
import type { RegistrationTerms } from './registration-token.ts';
import type { Service } from './service.ts';

/** What a program may say of its service: protocol metadata. Policy comes from the terms of its token. */
const OWN = [
  'client_name',
  'client_name#th',
  'application_type',
  'profile',
  'redirect_uris',
  'post_logout_redirect_uris',
  'initiate_login_uri',
  'token_endpoint_auth_method',
  'jwks',
  'id_token_signed_response_alg',
  'grant_types',
  'response_types',
  'require_pushed_authorization_requests',
  ...PROTOCOL_NAMES,
];

/**
 * The registration file that metadata and terms make. What we do not know is left out (RFC 7591 §2 has servers ignore it);
 * so is null, which says "not set" there. A service without a name is called by its agency's.
 */
export function ofDynamic(
  metadata: Record<string, unknown>,
  terms: RegistrationTerms,
): Record<string, unknown> {
  const own = Object.fromEntries(
    OWN.filter((name) => Object.hasOwn(metadata, name) && metadata[name] !== null).map((name) => [
      name,
      metadata[name],
    ]),
  );
  const name = own.client_name ?? terms.agency.name;
  return {
    ...terms,
    ...own,
    client_name: name,
    'client_name#th': own['client_name#th'] ?? own.client_name ?? terms.agency['name#th'],
  };
}

/** A service as RFC 7591 §3.2.1 tells it back: everything that is in force, our defaults too. */
export function toMetadata(service: Service, issuedAt: Date): Record<string, unknown> {
  return {
    client_id: service.clientId,
    client_id_issued_at: Math.floor(issuedAt.getTime() / 1000),
    client_name: service.name.en,
    'client_name#th': service.name.th,
    application_type: service.applicationType,
    profile: service.profile,
    redirect_uris: service.redirectUris,
    post_logout_redirect_uris: service.postLogoutRedirectUris,
    ...(service.initiateLoginUri ? { initiate_login_uri: service.initiateLoginUri } : {}),
    token_endpoint_auth_method: service.authMethod,
    ...(service.jwks ? { jwks: service.jwks } : {}),
    id_token_signed_response_alg: service.idTokenAlg,
    grant_types: service.grantTypes,
    response_types: service.grantTypes.includes('authorization_code') ? ['code'] : [],
    require_pushed_authorization_requests: service.requirePar,
    subject_type: 'pairwise',
    ...service.protocol,
  };
}
