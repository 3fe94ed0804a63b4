import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { Context, Guard } from './context.ts';
import type { Session } from './session-store.ts';

/** Anyone may call. */
export const anyone: Guard = { name: 'anyone', csrf: 'token', check: async () => {} };

/** Anyone may call, and no cookie is looked at: health, well-known documents. */
export const machine: Guard = { name: 'machine', csrf: 'none', check: async () => {} };

/** Anyone, in the sandbox; production has no such page, whatever is sent to it. */
export const sandboxOnly: Guard<App> = {
  name: 'sandboxOnly',
  csrf: 'token',
  check: async (_ctx, app) => {
    if (!app.config.sandbox) throw new Fault('not_found');
  },
};

/** A signed-in subscriber; a page asks to sign in and comes back, anything else answers 401. */
export const subscriber: Guard = {
  name: 'subscriber',
  csrf: 'token',
  check: async (ctx) => requireSession(ctx, 'subscriber', '/sign-in'),
};

/** A session of this kind, or the way to one. */
export function requireSession(
  ctx: Context,
  kind: Session['kind'],
  signInPath: string,
): void | 'answered' {
  if (ctx.state.sessions[kind]) return;
  if (ctx.method === 'GET' && ctx.accepts('html', 'json') === 'html') {
    ctx.redirect(`${signInPath}?return_to=${encodeURIComponent(ctx.url)}`);
    return 'answered';
  }
  throw new Fault('not_signed_in');
}

/** The session that the guard of this route has established. */
export function sessionOf(ctx: Context, kind: Session['kind'] = 'subscriber'): Session {
  const session = ctx.state.sessions[kind];
  if (!session) throw new Fault('not_signed_in');
  return session;
}
