/** Every refusal a handler can throw: stable code → HTTP status. Its words are locale keys `errors.<code>.*`. */
export const FAULTS = {
  bad_request: 400,
  bad_form_token: 403,
  foreign_origin: 403,
  not_signed_in: 401,
  not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  stale_version: 409,
  already_done: 409,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_type: 415,
  invalid_input: 422,
  too_many_requests: 429,
  unavailable: 503,
  internal: 500,
} as const;

export type FaultCode = keyof typeof FAULTS;

/**
 * A refusal that ends the request: thrown by handlers and guards, mapped to a page or an RFC 9457 problem in
 * one place (web/faults.ts). `detail` is for people who integrate (never personal data, never internals).
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: FaultCode, more: { detail?: string; retryAfterSeconds?: number } = {}) {
    super(code);
    this.name = 'Fault';
    this.code = code;
    this.status = FAULTS[code];
    this.detail = more.detail;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
