import type { Context, WebApp } from '../../web/context.ts';
import { checkOrigin } from '../../web/csrf.ts';
import { callerOf, countCall, countCaller } from '../../web/rate-limit.ts';

const WINDOW_SECONDS = 600;
/** Devices that begin a sign-in from one network: a dormitory's televisions, not a flood of codes. */
const BEGUN = { name: 'device-begun', calls: 300, windowSeconds: WINDOW_SECONDS };
/** Codes typed. With a thousand codes alive, 5,000 tries of 25,600,000,000 hit one in five hundred windows of the whole site. */
const TYPED = { name: 'device-typed', calls: 40, windowSeconds: WINDOW_SECONDS };
const TYPED_BY_ACCOUNT = { name: 'device-typed-account', calls: 40, windowSeconds: WINDOW_SECONDS };
const TYPED_BY_ANYONE = { name: 'device-typed-anyone', calls: 5000, windowSeconds: WINDOW_SECONDS };

const BEGIN = '/oidc/device-authorization';
const PAGE = '/device';

const typedUrls = new WeakMap<object, string>();

/**
 * Before the library sees a device's request or a typed code: limits on guessing (RFC 8628 §5.1), per network and for
 * all together; whoever is signed in is counted by account, so that a flood of strangers does not lock them out. A
 * code in the address (`verification_uri_complete`) fills the field, and nothing more: the library would post it at once.
 */
export async function guardDevice(ctx: Context, app: WebApp): Promise<void> {
  if (ctx.path === BEGIN) return countCaller(ctx, app, BEGUN);
  if (ctx.path !== PAGE) return;
  if (ctx.method !== 'POST') {
    typedUrls.set(ctx, ctx.url);
    const query = new URLSearchParams(ctx.querystring);
    query.delete('user_code');
    ctx.querystring = query.toString();
    return;
  }
  checkOrigin(ctx, app);
  await countCall(app, TYPED, callerOf(ctx));
  const account = ctx.state.sessions.subscriber?.accountId;
  if (account === undefined) await countCall(app, TYPED_BY_ANYONE, 'anyone');
  else await countCall(app, TYPED_BY_ACCOUNT, account);
}

/** The address as the browser had it: the page's links keep the code. */
export function typedUrl(ctx: object): string | null {
  return typedUrls.get(ctx) ?? null;
}
