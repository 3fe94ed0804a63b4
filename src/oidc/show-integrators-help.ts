import { readFileSync } from 'node:fs';
import { integratorsHelpPage } from '../../views/oidc/integrators-help.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';

/** GET /help/integrators: where everything is for who builds a service; `service_documentation` of discovery leads here. */
export async function showIntegratorsHelp(ctx: Context, app: WebApp): Promise<void> {
  await page(ctx, app, {
    view: integratorsHelpPage,
    model: { issuer: app.config.ISSUER, sandbox: app.config.sandbox },
    title: 'oidc.integrators.title',
    area: 'plain',
  });
}

const GUIDE = readFileSync(new URL('../../docs/integrate.md', import.meta.url));

/** GET /help/integrators/guide: docs/integrate.md of this very version, as the text that it is. */
export async function showIntegratorsGuide(ctx: Context): Promise<void> {
  ctx.type = 'text/plain; charset=utf-8';
  ctx.set('cache-control', 'public, max-age=300');
  ctx.body = GUIDE;
}
