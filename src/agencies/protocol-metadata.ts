import { z } from 'zod';
import { browserAddress, serverAddress } from './addresses.ts';
import type { AddressRules } from './addresses.ts';

const SIGNED = z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']);
const KEY_ENCRYPTION = z.enum(['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW']);
const CONTENT_ENCRYPTION = z.enum(['A128CBC-HS256', 'A128GCM', 'A256CBC-HS512', 'A256GCM']);
const name = z.string().min(1).max(500);

/**
 * Client metadata that goes to the library as it is, by standard: OpenID Connect Registration 1.0 §2, RFC 8705 §2.1
 * and §3.4 (mutual TLS), RFC 9449 §5.2 (DPoP), RFC 9101 §10.5 (JAR), JARM §3, RFC 9701 §6 (JWT introspection), CIBA §4,
 * Back-Channel Logout §2.2, RFC 9396 §10 (RAR). What a service may not choose is not here: scopes, subject type, sector.
 */
export function protocolShape(rules: AddressRules) {
  const server = serverAddress(rules);
  const browser = browserAddress(rules);
  return {
    jwks_uri: server.optional(),
    token_endpoint_auth_signing_alg: SIGNED.optional(),
    tls_client_auth_subject_dn: name.optional(),
    tls_client_auth_san_dns: name.optional(),
    tls_client_auth_san_uri: name.optional(),
    tls_client_auth_san_ip: name.optional(),
    tls_client_auth_san_email: name.optional(),
    tls_client_certificate_bound_access_tokens: z.boolean().optional(),
    use_mtls_endpoint_aliases: z.boolean().optional(),
    dpop_bound_access_tokens: z.boolean().optional(),
    require_signed_request_object: z.boolean().optional(),
    request_object_signing_alg: SIGNED.optional(),
    response_modes: z
      .array(
        z.enum([
          'query',
          'form_post',
          'fragment',
          'jwt',
          'query.jwt',
          'form_post.jwt',
          'fragment.jwt',
        ]),
      )
      .min(1)
      .optional(),
    authorization_signed_response_alg: SIGNED.optional(),
    authorization_encrypted_response_alg: KEY_ENCRYPTION.optional(),
    authorization_encrypted_response_enc: CONTENT_ENCRYPTION.optional(),
    id_token_encrypted_response_alg: KEY_ENCRYPTION.optional(),
    id_token_encrypted_response_enc: CONTENT_ENCRYPTION.optional(),
    userinfo_signed_response_alg: SIGNED.optional(),
    userinfo_encrypted_response_alg: KEY_ENCRYPTION.optional(),
    userinfo_encrypted_response_enc: CONTENT_ENCRYPTION.optional(),
    introspection_signed_response_alg: SIGNED.optional(),
    introspection_encrypted_response_alg: KEY_ENCRYPTION.optional(),
    introspection_encrypted_response_enc: CONTENT_ENCRYPTION.optional(),
    backchannel_logout_uri: server.optional(),
    backchannel_logout_session_required: z.boolean().optional(),
    backchannel_token_delivery_mode: z.enum(['poll', 'ping']).optional(),
    backchannel_client_notification_endpoint: server.optional(),
    backchannel_authentication_request_signing_alg: SIGNED.optional(),
    authorization_details_types: z.array(z.string().min(1).max(100)).max(20).optional(),
    default_max_age: z.int().min(0).max(86_400).optional(),
    default_acr_values: z.array(z.string().max(200)).max(10).optional(),
    require_auth_time: z.boolean().optional(),
    client_uri: browser.optional(),
    policy_uri: browser.optional(),
    tos_uri: browser.optional(),
    logo_uri: browser.optional(),
    contacts: z.array(z.email()).max(10).optional(),
  };
}

const shape = z.object(protocolShape({ sandbox: true }));

/** Further client metadata of a service, named as in its standards. */
export type ProtocolMetadata = z.output<typeof shape>;

export const PROTOCOL_NAMES = Object.keys(shape.shape) as (keyof ProtocolMetadata)[];

/** The further metadata of a registration, without what was not given. */
export function protocolOf(file: ProtocolMetadata): ProtocolMetadata {
  const given = PROTOCOL_NAMES.filter((key) => file[key] !== undefined).map((key) => [
    key,
    file[key],
  ]);
  return Object.fromEntries(given) as ProtocolMetadata;
}
