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

const captureStackTrace = Error.captureStackTrace.bind(Error);

/** As the engine's, but for the library's refusals: their constructors ask for a trace once more. */
function captureOthers(target: object, from?: (...args: never[]) => unknown): void {
  if (!(target instanceof errors.OIDCProviderError)) captureStackTrace(target, from);
}

/**
 * The library makes its refusals before it knows whether to refuse (`ctx.assert(token, new InvalidToken())`): a
 * userinfo answer makes three, and their stack traces, which nobody reads, took a tenth of its time. A refusal is an
 * expected outcome; faults, which are not of this class, keep their traces.
 */
export function dropRefusalStacks(): void {
  Object.setPrototypeOf(errors.OIDCProviderError, StacklessError);
  Error.captureStackTrace = captureOthers;
}
