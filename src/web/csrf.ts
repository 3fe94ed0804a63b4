import { createHmac, timingSafeEqual } from 'node:crypto';
import { CSRF_FIELD, CSRF_HEADER } from '../../views/ui.ts';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from './context.ts';

function tokenUnder(key: string, browserId: string): string {
  return createHmac('sha256', key).update(`csrf\u0000${browserId}`).digest('base64url');
}

/** The token that every form of this browser carries: bound to its cookie, which no other site can read or set. */
export function csrfToken(ctx: Context, app: Pick<App, 'keys'>): string {
  return tokenUnder(app.keys.cookieKeys[0]!, ctx.state.browserId);
}

/**
 * Refuses a post that another site made (`foreign_origin`): Sec-Fetch-Site where the browser sends it,
 * else Origin. Runs before the body is read.
 */
export function checkOrigin(ctx: Context, app: Pick<App, 'config'>): void {
  const site = ctx.get('sec-fetch-site');
  if (site !== '') {
    if (site !== 'same-origin' && site !== 'none') throw new Fault('foreign_origin');
    return;
  }
  const origin = ctx.get('origin');
  if (origin !== '' && origin !== new URL(app.config.ISSUER).origin)
    throw new Fault('foreign_origin');
}

/** Refuses a post without this browser's token in the form field or header (`bad_form_token`). */
export function checkCsrfToken(ctx: Context, app: Pick<App, 'keys'>): void {
  const sent = ctx.state.body.fields[CSRF_FIELD]?.[0] ?? ctx.get(CSRF_HEADER);
  const given = Buffer.from(sent);
  const good = app.keys.cookieKeys.some((key) => {
    const wanted = Buffer.from(tokenUnder(key, ctx.state.browserId));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
  if (!good) throw new Fault('bad_form_token');
}
