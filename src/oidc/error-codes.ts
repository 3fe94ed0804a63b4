/** Every error code that our endpoints answer with. What each means and what to do: locale keys `oauth_errors.code.*`. */
export const ERROR_CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'unsupported_response_mode',
  'access_denied',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'unmet_authentication_requirements',
  'invalid_redirect_uri',
  'invalid_request_uri',
  'invalid_request_object',
  'request_not_supported',
  'request_uri_not_supported',
  'registration_not_supported',
  'invalid_token',
  'insufficient_scope',
  'insufficient_user_authentication',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'invalid_client_metadata',
  'invalid_authorization_details',
  'authorization_pending',
  'slow_down',
  'expired_token',
  'expired_login_hint_token',
  'unknown_user_id',
  'invalid_binding_message',
  'unsupported_token_type',
  'temporarily_unavailable',
  'server_error',
] as const;

/** The page that explains a code, also one that we do not know: its top. */
export function errorUri(issuer: string, code: string): string {
  const known = (ERROR_CODES as readonly string[]).includes(code);
  return `${issuer}/help/errors${known ? `#${code}` : ''}`;
}
