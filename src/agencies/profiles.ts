import type { AuthMethod, Profile, SigningAlg } from './client-choices.ts';
import type { ProtocolMetadata } from './protocol-metadata.ts';

/** The fields of a registration that its profile sets or limits. */
interface Limited extends ProtocolMetadata {
  profile: Profile;
  token_endpoint_auth_method?: AuthMethod | undefined;
  id_token_signed_response_alg?: SigningAlg | undefined;
  require_pushed_authorization_requests?: boolean | undefined;
  pkce_required: boolean;
}

interface Settled {
  token_endpoint_auth_method: AuthMethod;
  id_token_signed_response_alg: SigningAlg;
  require_pushed_authorization_requests: boolean;
}

/** The algorithms of FAPI 2.0 Security Profile §5.4; Ed25519 is what RFC 9864 calls EdDSA with that curve. */
const FAPI_ALGS = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Whether services of a FAPI profile may sign with it. */
export function isFapiAlg(alg: string): boolean {
  return FAPI_ALGS.includes(alg);
}

/** Fills in what the profile sets where the file says nothing; OIDC Registration §2's defaults in the standard one. */
export function withProfile<File extends Limited>(file: File): File & Settled {
  if (file.profile === 'standard')
    return {
      ...file,
      token_endpoint_auth_method: file.token_endpoint_auth_method ?? 'client_secret_basic',
      id_token_signed_response_alg: file.id_token_signed_response_alg ?? 'RS256',
      require_pushed_authorization_requests: file.require_pushed_authorization_requests ?? false,
    };
  const byTls = file.tls_client_certificate_bound_access_tokens === true;
  const signing = {
    require_signed_request_object: file.require_signed_request_object ?? true,
    request_object_signing_alg: file.request_object_signing_alg ?? 'ES256',
    response_modes: file.response_modes ?? ['jwt', 'query.jwt', 'form_post.jwt'],
    authorization_signed_response_alg: file.authorization_signed_response_alg ?? 'ES256',
    introspection_signed_response_alg: file.introspection_signed_response_alg ?? 'ES256',
  };
  return {
    ...file,
    token_endpoint_auth_method: file.token_endpoint_auth_method ?? 'private_key_jwt',
    id_token_signed_response_alg: file.id_token_signed_response_alg ?? 'ES256',
    require_pushed_authorization_requests: file.require_pushed_authorization_requests ?? true,
    ...(byTls ? {} : { dpop_bound_access_tokens: file.dpop_bound_access_tokens ?? true }),
    ...(file.profile === 'fapi2_message_signing' ? signing : {}),
  };
}

/** Where a file contradicts its profile: a profile is kept whole or not claimed. */
export function profileFaults(file: Limited): { path: keyof Limited; message: string }[] {
  if (file.profile === 'standard') return [];
  const faults: { path: keyof Limited; message: string }[] = [];
  const demand = (holds: boolean, path: keyof Limited, message: string) => {
    if (!holds) faults.push({ path, message });
  };
  const isFapi = (alg: string | undefined) => alg === undefined || isFapiAlg(alg);
  demand(
    ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'].includes(
      file.token_endpoint_auth_method ?? '',
    ),
    'token_endpoint_auth_method',
    'must be private_key_jwt or mutual TLS (FAPI 2.0 Security Profile §5.3.2.1)',
  );
  demand(
    file.require_pushed_authorization_requests === true,
    'require_pushed_authorization_requests',
    'must be true (FAPI 2.0 Security Profile §5.3.2.2)',
  );
  demand(file.pkce_required, 'pkce_required', 'must be true (FAPI 2.0 Security Profile §5.3.2.2)');
  demand(
    file.dpop_bound_access_tokens === true ||
      file.tls_client_certificate_bound_access_tokens === true,
    'dpop_bound_access_tokens',
    'tokens must be bound, by DPoP or by mutual TLS (FAPI 2.0 Security Profile §5.3.2.1)',
  );
  for (const path of [
    'id_token_signed_response_alg',
    'token_endpoint_auth_signing_alg',
    'request_object_signing_alg',
    'authorization_signed_response_alg',
    'userinfo_signed_response_alg',
    'introspection_signed_response_alg',
  ] as const)
    demand(isFapi(file[path]), path, 'must be PS256, ES256 or EdDSA (FAPI 2.0 §5.4.1)');
  if (file.profile === 'fapi2_message_signing') {
    demand(
      file.require_signed_request_object === true,
      'require_signed_request_object',
      'must be true (FAPI 2.0 Message Signing §5.3)',
    );
    demand(
      (file.response_modes ?? []).every((mode) => mode.endsWith('jwt')),
      'response_modes',
      'must be signed ones: jwt, query.jwt, form_post.jwt, fragment.jwt (FAPI 2.0 Message Signing §5.4)',
    );
  }
  return faults;
}
