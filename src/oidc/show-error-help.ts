import { errorHelpPage } from '../../views/oidc/error-help.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { ERROR_CODES } from './error-codes.ts';

/** GET /help/errors: what each error code means and what to do; `error_uri` leads here. */
export async function showErrorHelp(ctx: Context, app: WebApp): Promise<void> {
  await page(ctx, app, {
    view: errorHelpPage,
    model: { codes: ERROR_CODES },
    title: 'oauth_errors.page.title',
    area: 'plain',
  });
}
