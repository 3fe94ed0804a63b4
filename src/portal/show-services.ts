import { portalNav } from '../../views/portal/nav.ts';
import { servicesPage } from '../../views/portal/services.ts';
import { seeOther } from '../accounts/see-other.ts';
import { findResource } from '../agencies/find-resource.ts';
import { findService } from '../agencies/find-service.ts';
import type { Service } from '../agencies/service.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { listReceipts, withdrawConsent } from '../oidc/consents.ts';
import type { Receipt } from '../oidc/consents.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

/** GET /services: whom the person shares what with; `?withdrawn=` names the service that was just ended. */
export async function showServices(ctx: Context, app: WebApp): Promise<void> {
  const { lang } = ctx.state;
  const receipts = await listReceipts(app.db, sessionOf(ctx).accountId);
  const services = new Map<string, Service | null>();
  for (const { serviceId } of receipts)
    if (!services.has(serviceId)) services.set(serviceId, await findService(app.db, serviceId));
  const accessOf = await resourceWords(app, receipts, lang);
  const told = receipts.flatMap((receipt) => {
    const service = services.get(receipt.serviceId);
    return service ? [{ receipt, service, access: accessOf(receipt) }] : [];
  });
  const { withdrawn } = ctx.query;
  const ended = typeof withdrawn === 'string' ? await findService(app.db, withdrawn) : null;
  await page(ctx, app, {
    view: servicesPage,
    model: {
      services: told
        .filter(({ receipt }) => receipt.ended === null)
        .map(({ receipt, service, access }) => ({
          id: service.clientId,
          name: service.name[lang],
          agency: service.agency.name[lang],
          purpose: service.purpose[lang],
          claims: receipt.claims,
          access,
          since: receipt.givenAt,
        })),
      receipts: told.map(({ receipt, service, access }) => ({
        service: service.name[lang],
        purpose: receipt.purpose?.[lang] ?? null,
        claims: receipt.claims,
        access,
        givenAt: receipt.givenAt,
        ended: receipt.ended,
      })),
      withdrawn: ended?.name[lang] ?? null,
    },
    title: 'services.page.title',
    nav: (ui) => portalNav(ui, 'services'),
  });
}

/** What services may do at resources by their receipts, in the words of the consent; the bare scope where a resource is gone. */
async function resourceWords(
  app: WebApp,
  receipts: readonly Receipt[],
  lang: 'en' | 'th',
): Promise<(receipt: Receipt) => string[]> {
  const named = new Set(receipts.flatMap(({ resources }) => Object.keys(resources)));
  const known = new Map(
    await Promise.all(
      [...named].map(async (name) => [name, await findResource(app.db, name)] as const),
    ),
  );
  return ({ resources }) =>
    Object.entries(resources).flatMap(([name, scopes]) => {
      const resource = known.get(name);
      return scopes.map((scope) => {
        const words = resource?.scopes.find((one) => one.name === scope)?.description[lang];
        return `${resource?.name[lang] ?? name}: ${words ?? scope}`;
      });
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
