import { lookUpsPage } from '../../views/portal/look-ups.ts';
import { portalNav } from '../../views/portal/nav.ts';
import { agreementsById } from '../agencies/find-agreement.ts';
import { findService } from '../agencies/find-service.ts';
import type { Service } from '../agencies/service.ts';
import { lookUpsOf } from '../registry/own-look-ups.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

const SHOWN = 100;

/** GET /look-ups: which services asked about the holder's number, why they may, and what they were told. */
export async function showLookUps(ctx: Context, app: WebApp): Promise<void> {
  const { lang } = ctx.state;
  const asked = await lookUpsOf(app.db, { accountId: sessionOf(ctx).accountId, limit: SHOWN });
  const agreements = await agreementsById(
    app.db,
    asked.map(({ agreementId }) => agreementId),
  );
  const services = new Map<string, Service | null>();
  for (const { serviceId } of asked)
    if (!services.has(serviceId)) services.set(serviceId, await findService(app.db, serviceId));
  await page(ctx, app, {
    view: lookUpsPage,
    model: {
      lookUps: asked.map(({ serviceId, agreementId, askedAt, result, toldState }) => {
        const service = services.get(serviceId);
        const agreement = agreements.get(agreementId);
        return {
          askedAt,
          service: service?.name[lang] ?? serviceId,
          agency: service?.agency.name[lang] ?? '',
          purpose: agreement?.purpose[lang] ?? null,
          provision: agreement?.legalReference ?? null,
          result,
          toldState,
        };
      }),
      most: SHOWN,
    },
    title: 'services.look_ups.title',
    nav: (ui) => portalNav(ui, 'services'),
  });
}
