import { portalNav } from '../../views/portal/nav.ts';
import { servicesPage } from '../../views/portal/services.ts';
import { seeOther } from '../accounts/see-other.ts';
import { findService } from '../agencies/find-service.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { listConsents, withdrawConsent } from '../oidc/consents.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

/** GET /services: whom the person shares what with; `?withdrawn=` names the service that was just ended. */
export async function showServices(ctx: Context, app: WebApp): Promise<void> {
  const { lang } = ctx.state;
  const consents = await listConsents(app.db, sessionOf(ctx).accountId);
  const shown = await Promise.all(
    consents.map(async ({ serviceId, claims, givenAt }) => {
      const service = await findService(app.db, serviceId);
      if (!service) return null;
      const { name, agency, purpose } = service;
      return {
        id: serviceId,
        name: name[lang],
        agency: agency.name[lang],
        purpose: purpose[lang],
        claims,
        since: givenAt,
      };
    }),
  );
  const { withdrawn } = ctx.query;
  const ended = typeof withdrawn === 'string' ? await findService(app.db, withdrawn) : null;
  await page(ctx, app, {
    view: servicesPage,
    model: {
      services: shown.filter((service) => service !== null),
      withdrawn: ended?.name[lang] ?? null,
    },
    title: 'services.page.title',
    nav: (ui) => portalNav(ui, 'services'),
  });
}

/**
 * POST /services/:id/withdrawal: from the commit on every token of this person at this service is worth nothing,
 * on every node. A service that was never agreed to answers 404; withdrawing twice is no fault.
 */
export async function submitServiceWithdrawal(ctx: Context, app: WebApp): Promise<void> {
  const { accountId } = sessionOf(ctx);
  const serviceId = ctx.state.params.id ?? '';
  if (!(await findService(app.db, serviceId))) throw new Fault('not_found');
  await transact(app.db, (tx) => withdrawConsent(tx, app, { accountId, serviceId }));
  seeOther(ctx, `/services?withdrawn=${encodeURIComponent(serviceId)}`);
}
