import { errorPage } from '../../views/error.ts';
import { Fault } from '../lib/fault.ts';
import type { Context, WebApp } from './context.ts';
import { page } from './page.ts';

/**
 * The one place where faults become answers: a page for people, an RFC 9457 problem for programs.
 * Anything that is not a Fault is `internal`: logged with its frames, told without them.
 */
export function answerFaults(app: WebApp) {
  return async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) throw new Fault('not_found');
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('internal');
      if (fault.status >= 500 && fault.code !== 'unavailable')
        app.log.error({ err: error, requestId: ctx.state.requestId }, 'request failed');
      await answer(ctx, app, fault);
    }
  };
}

async function answer(ctx: Context, app: WebApp, fault: Fault): Promise<void> {
  if (fault.retryAfterSeconds) ctx.set('retry-after', String(fault.retryAfterSeconds));
  if (wantsPage(ctx)) {
    await page(ctx, app, {
      view: errorPage,
      model: {
        status: fault.status,
        code: fault.code,
        reference: ctx.state.requestId,
      },
      title: `errors.${fault.code}.title`,
      area: ctx.path.startsWith('/console') ? 'console' : 'plain',
      status: fault.status,
    });
    return;
  }
  ctx.status = fault.status;
  ctx.set('cache-control', 'no-store');
  ctx.body = JSON.stringify({
    type: `${app.config.ISSUER}/problems/${fault.code}`,
    title: fault.code.replaceAll('_', ' '),
    status: fault.status,
    code: fault.code,
    ...(fault.detail ? { detail: fault.detail } : {}),
    instance: `urn:tangchat:request:${ctx.state.requestId}`,
  });
  ctx.type = 'application/problem+json';
}

function wantsPage(ctx: Context): boolean {
  if (ctx.path.startsWith('/api/')) return false;
  return ctx.accepts('json', 'html') === 'html';
}
