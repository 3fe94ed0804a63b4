import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from './context.ts';

/** The process runs. */
export async function showLive(ctx: Context): Promise<void> {
  ctx.body = { status: 'live' };
}

/** The process can serve: its database answers. 503 otherwise, so that a balancer looks elsewhere. */
export async function showReady(ctx: Context, app: Pick<App, 'db'>): Promise<void> {
  try {
    await app.db.raw('select 1');
  } catch {
    throw new Fault('unavailable');
  }
  ctx.body = { status: 'ready' };
}
