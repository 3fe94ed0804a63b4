import type { WebApp } from '../web/context.ts';
import { CLIENT_SIGNING_ALGS } from './client-authentication.ts';
import { mtlsAliases } from './sender-constraint.ts';
import { verifiedClaimsMetadata } from './verified-claims-metadata.ts';

/**
 * What the discovery document says beyond what the library writes. RFC 8414 §2 takes revocation for `client_secret_basic`
 * alone, and introspection for nothing at all, where the methods of these endpoints are not told.
 */
export function discoveryMetadata(
  app: WebApp,
  served: { routes: Readonly<Record<string, string>>; authMethods: readonly string[] },
): Record<string, string | string[] | boolean | object> {
  const { ISSUER } = app.config;
  const methods = [...served.authMethods];
  const algs = [...CLIENT_SIGNING_ALGS];
  return {
    claim_types_supported: ['normal'],
    ui_locales_supported: ['en', 'th'],
    claims_locales_supported: ['th'],
    // Initiating User Registration 1.0 §5: `create` is none of them.
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algs,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algs,
    ...verifiedClaimsMetadata(),
    service_documentation: `${ISSUER}/help/integrators`,
    registration_endpoint: `${ISSUER}/oidc/registration`,
    ...mtlsAliases(app, served.routes),
  };
}
