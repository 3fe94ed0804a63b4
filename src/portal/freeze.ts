import { frozenPage, freezePage } from '../../views/portal/freeze.ts';
import { readFreezeLink } from '../accounts/freeze-link.ts';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import { seeOther } from '../accounts/see-other.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { countCaller } from '../web/rate-limit.ts';
import { freezeId } from './freeze-id.ts';

// Wide: nobody guesses 256 bits, and who shares a network with a prankster must still be able to freeze.
const TRIES = { name: 'freeze', calls: 1200, windowSeconds: 600 };

/** GET /freeze/:token: "this was not me", from any phone. Opening the link changes nothing: mail programs open links. */
export async function showFreezeLink(ctx: Context, app: WebApp): Promise<void> {
  await accountOfLink(ctx, app);
  await askPage(ctx, app, `/freeze/${ctx.state.params.token ?? ''}`);
}

/** POST /freeze/:token */
export async function submitFreezeLink(ctx: Context, app: WebApp): Promise<void> {
  const accountId = await accountOfLink(ctx, app);
  await freezeId(app, { accountId, by: 'link', token: ctx.state.params.token ?? '' });
  seeOther(ctx, '/frozen');
}

/** GET /freeze: the same, signed in. */
export async function showFreeze(ctx: Context, app: WebApp): Promise<void> {
  await askPage(ctx, app, '/freeze');
}

/** POST /freeze */
export async function submitFreeze(ctx: Context, app: WebApp): Promise<void> {
  await freezeId(app, { accountId: sessionOf(ctx).accountId, by: 'portal' });
  seeOther(ctx, '/frozen');
}

/** GET /frozen */
export async function showFrozen(ctx: Context, app: WebApp): Promise<void> {
  await page(ctx, app, {
    view: frozenPage,
    model: {},
    title: 'portal.freeze.done_title',
    area: 'plain',
  });
}

async function accountOfLink(ctx: Context, app: App) {
  await countCaller(ctx, app, TRIES);
  const accountId = await readFreezeLink(app.db, app, ctx.state.params.token ?? '');
  if (!accountId) throw new Fault('gone');
  return accountId;
}

async function askPage(ctx: Context, app: WebApp, action: string): Promise<void> {
  await page(ctx, app, {
    view: freezePage,
    model: { action },
    title: 'portal.freeze.title',
    area: 'plain',
  });
}
