import { errors } from 'oidc-provider';

/** An error without a stack trace. */
class StacklessError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * The library makes its refusals before it knows whether to refuse (`ctx.assert(token, new InvalidToken())`): a
 * userinfo answer makes three, and their stack traces, which nobody reads, took a tenth of its time. A refusal is an
 * expected outcome; faults, which are not of this class, keep their traces.
 */
export function dropRefusalStacks(): void {
  Object.setPrototypeOf(errors.OIDCProviderError, StacklessError);
}
