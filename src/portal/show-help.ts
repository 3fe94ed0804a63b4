import { helpPage } from '../../views/portal/help.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';

/** GET /help: answers to what people ask, for everyone. */
export async function showHelp(ctx: Context, app: WebApp): Promise<void> {
  await page(ctx, app, { view: helpPage, model: {}, title: 'help.page.title', area: 'plain' });
}
