import Router from '@koa/router';
import type { Middleware } from 'koa';
import { Fault } from '../lib/fault.ts';
import { EMPTY_BODY, parseBody } from './body.ts';
import { checkCsrfToken, checkOrigin } from './csrf.ts';
import type { Context, Guard, Handler, State } from './context.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One line of src/routes.ts. */
export interface Route<A> {
  method: Method;
  path: string;
  guard: Guard<A>;
  handler: Handler<A>;
  /** Takes files in a multipart form (web/body.ts bounds them). */
  uploads?: boolean;
}

/**
 * Serves a table of routes: guard first; for unsafe methods that a cookie speaks for, the origin, then the
 * body, then our CSRF token; then the handler. A bearer-token route reads its own body, bounded by itself.
 */
export function serveRoutes<A>(app: A, routes: readonly Route<A>[]): Middleware<State>[] {
  const router = new Router<State>();
  for (const route of routes) {
    router.register(route.path, [route.method], async (koaCtx) => {
      const ctx = koaCtx as unknown as Context;
      ctx.state.params = { ...(koaCtx as { params: Record<string, string> }).params };
      await dispatch(ctx, app, route);
    });
  }
  return [router.routes() as unknown as Middleware<State>];
}

async function dispatch<A>(ctx: Context, app: A, route: Route<A>): Promise<void> {
  // Redirects and refusals too: nothing of ours is for a cache.
  ctx.set('cache-control', 'no-store');
  // Nobody types it, and PostgreSQL holds no text with it: refused once, here and for form fields (body.ts).
  if (ctx.url.includes('%00')) throw new Fault('bad_request', { detail: 'A NUL in the address.' });
  const unsafe = route.method !== 'GET';
  const byCookie = route.guard.csrf === 'token';
  if (unsafe && byCookie) checkOrigin(ctx, app as never);
  if ((await route.guard.check(ctx, app)) === 'answered') return;
  if (unsafe && byCookie) {
    ctx.state.body = await parseBody(ctx, { uploads: route.uploads ?? false });
    checkCsrfToken(ctx, app as never);
  } else {
    ctx.state.body = EMPTY_BODY;
  }
  await route.handler(ctx, app);
}
