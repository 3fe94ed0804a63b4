import { endedPage } from '../../views/oidc/ended.ts';
import { findService } from '../agencies/find-service.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { findReturn } from './return-store.ts';

const UID = /^[\w-]{20,64}$/;

/**
 * An interaction that is over (past its half hour, or through): the sign-in starts afresh at the service, where it
 * has an address for that (OIDC Core §4: third-party initiated login). So a notice that comes hours later still
 * leads back to where the person was going; where the service has none, a page says what to do.
 */
export async function sendBack(ctx: Context, app: WebApp, uid: string): Promise<void> {
  const from = UID.test(uid) ? await findReturn(app.db, uid) : null;
  const service = from ? await findService(app.db, from.serviceId) : null;
  if (service?.state === 'active' && service.initiateLoginUri !== null) {
    const target = new URL(service.initiateLoginUri);
    target.searchParams.set('iss', app.config.ISSUER);
    ctx.status = 303;
    return ctx.redirect(target.href);
  }
  await page(ctx, app, {
    view: endedPage,
    model: { service: service ? service.name : null },
    title: 'oidc.ended.title',
    area: 'plain',
    status: from ? 410 : 404,
  });
}
