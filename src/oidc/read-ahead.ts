import type { Middleware } from 'koa';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import type { Context, State } from '../web/context.ts';
import { sessionDigest } from '../web/sessions.ts';
import { lanesOf } from './store/lanes.ts';
import type { PayloadSeal } from './store/payload-seal.ts';
import type { RequestScope } from './store/request-scope.ts';
import { openRequestStore, withPageStore } from './store/request-store.ts';

type Ahead = NonNullable<RequestScope['ahead']>;

/** Pages of ours that ask the library about a sign-in under way. */
const PAGES = '/interaction/';
const aheads = new WeakMap<object, Ahead>();
/** Where a browser meets the library, or a page that answers it; the interaction is named in some addresses. */
const PATHS = /^\/(?:oidc\/auth|interaction)(?:\/([\w-]{1,100}))?(?:\/|$)/;

/**
 * Reads our session, the library's, the interaction, the grant, the consent and the person in one statement, from
 * what the request names, before anybody has asked. Each is used only by who asks for that very name: the library
 * still checks its signatures, and `readSessions` its limits.
 */
export function readAhead(
  app: App,
  seal: PayloadSeal,
  cookieName: () => string,
): Middleware<State> {
  return (koaCtx, next) => {
    const ctx = koaCtx as Context;
    const path = PATHS.exec(ctx.path);
    if (!path) return next();
    const webDigest = sessionDigest(ctx, app, 'subscriber');
    const cookie = ctx.cookies.get(cookieName(), { signed: false });
    const names = {
      webDigest,
      cookieDigest: cookie ? digestToken(app.keys.tokenDigestKey, cookie) : null,
      serviceId: serviceNamed(ctx),
      interactionUid: path[1] ?? null,
    };
    if (!webDigest && !names.cookieDigest) return next();
    const bundle = lanesOf(app).browsers.do(names);
    // Whoever asks for it hears of a failure; a request that ends before must not end the process.
    bundle.catch(() => {});
    aheads.set(ctx, { names, bundle });
    if (webDigest)
      ctx.state.findSession = async (digest) =>
        digest.equals(webDigest) ? (await bundle).web : null;
    if (!ctx.path.startsWith(PAGES)) return next();
    const store = openRequestStore(ctx, {
      app,
      seal,
      // Known once the sessions are read.
      get web() {
        return ctx.state.sessions.subscriber;
      },
      serviceId: names.serviceId,
      ahead: { names, bundle },
    });
    return withPageStore(store, next);
  };
}

/** What was read ahead of this request, for its scope. */
export function aheadOf(ctx: object): { ahead?: Ahead } {
  const ahead = aheads.get(ctx);
  return ahead ? { ahead } : {};
}

/** The service that the address names. */
export function serviceNamed(ctx: Context): string | null {
  const { client_id: id } = ctx.query;
  // What no service could be called is no question for the database (it would not even take a NUL).
  return typeof id === 'string' && /^[\w.-]{1,100}$/.test(id) ? id : null;
}
