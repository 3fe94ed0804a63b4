import type Provider from 'oidc-provider';
import type { App } from '../lib/app.ts';
import type { Context } from '../web/context.ts';
import { errorUri } from './error-codes.ts';

const EVENTS = [
  'grant.error',
  'pushed_authorization_request.error',
  'device_authorization.error',
  'backchannel_authentication.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
] as const;

/** Told only in the sandbox: they would help to tell an unknown service or token from a wrong secret. */
const KEPT = ['invalid_client', 'invalid_token'];

const details = new WeakMap<object, string>();

/** Remembers the precise word that the library keeps apart from the answer ("authorization code is expired"). */
export function rememberErrorDetails(provider: Provider): void {
  const remember = (ctx: object, error: unknown) => {
    const { error_detail: detail } = error as { error_detail?: unknown };
    if (typeof detail === 'string') details.set(ctx, detail);
  };
  // Events by name: the library's types know each on its own.
  const on = provider.on.bind(provider) as (name: string, listener: typeof remember) => void;
  for (const name of EVENTS) on(name, remember);
}

/**
 * Makes an error of the library one that an integrator can act on: the precise word joins the description, and `error_uri`
 * (RFC 6749 §4.1.2.1, §5.2) leads to what the code means and what to do, in JSON answers and in redirects to the service.
 */
export function explainError(ctx: Context, app: Pick<App, 'config'>): void {
  const { ISSUER } = app.config;
  const body = ctx.body as { error?: unknown; error_description?: unknown } | null | undefined;
  if (ctx.status >= 400 && typeof body?.error === 'string') {
    const detail = details.get(ctx);
    const told = detail && (app.config.sandbox || !KEPT.includes(body.error)) ? detail : null;
    const description = typeof body.error_description === 'string' ? body.error_description : '';
    const whole = told && told !== description ? [description, told] : [description];
    ctx.body = {
      ...body,
      ...(whole.some(Boolean)
        ? { error_description: asciiOf(whole.filter(Boolean).join(': ')) }
        : {}),
      error_uri: errorUri(ISSUER, body.error),
    };
    return;
  }
  const location = ctx.status >= 300 && ctx.status < 400 ? ctx.response.get('location') : '';
  const to = location.includes('error=') ? URL.parse(location) : null;
  const code = to?.searchParams.get('error');
  if (!to || !code || to.href.startsWith(`${ISSUER}/`)) return;
  to.searchParams.set('error_uri', errorUri(ISSUER, code));
  ctx.set('location', to.href);
}

/** RFC 6749 §5.2: printable ASCII without quotation mark and backslash. */
function asciiOf(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}
