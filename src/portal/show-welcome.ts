import { welcomePage } from '../../views/portal/welcome.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';

/** GET /: the front door; whoever is signed in goes to their own page. */
export async function showWelcome(ctx: Context, app: WebApp): Promise<void> {
  if (ctx.state.sessions.subscriber) return ctx.redirect('/home');
  await page(ctx, app, {
    view: welcomePage,
    model: { createHref: '/create', signInHref: '/sign-in' },
    title: 'welcome.page_title',
  });
}
