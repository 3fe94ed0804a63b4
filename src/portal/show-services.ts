import { z } from 'zod';
import { portalNav } from '../../views/portal/nav.ts';
import { servicesPage } from '../../views/portal/services.ts';
import type { PartyModel } from '../../views/portal/services.ts';
import { seeOther } from '../accounts/see-other.ts';
import { findResource } from '../agencies/find-resource.ts';
import { findService } from '../agencies/find-service.ts';
import type { Service } from '../agencies/service.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { AccountId } from '../lib/ids.ts';
import { listReceipts, withdrawConsent } from '../oidc/consents.ts';
import type { Receipt } from '../oidc/consents.ts';
import { fullName } from '../oidc/person-texts.ts';
import { standingOf } from '../registry/standing.ts';
import { readForm } from '../web/body.ts';
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
  const partyOf = await otherParties(app, receipts, sessionOf(ctx).accountId);
  const told = receipts.flatMap((receipt) => {
    const service = services.get(receipt.serviceId);
    return service
      ? [{ receipt, service, access: accessOf(receipt), party: partyOf(receipt) }]
      : [];
  });
  const { withdrawn } = ctx.query;
  const ended = typeof withdrawn === 'string' ? await findService(app.db, withdrawn) : null;
  await page(ctx, app, {
    view: servicesPage,
    model: {
      services: told
        .filter(({ receipt }) => receipt.ended === null)
        .map(({ receipt, service, access, party }) => ({
          id: service.clientId,
          receiptId: receipt.id,
          party,
          name: service.name[lang],
          agency: service.agency.name[lang],
          purpose: service.purpose[lang],
          claims: receipt.claims,
          access,
          since: receipt.givenAt,
        })),
      receipts: told.map(({ receipt, service, access, party }) => ({
        service: service.name[lang],
        party,
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

/** The other person of a receipt that a guardian gave for a ward, as this one of the two sees it. */
async function otherParties(
  app: WebApp,
  receipts: readonly Receipt[],
  own: AccountId,
): Promise<(receipt: Receipt) => PartyModel | null> {
  const other = ({ accountId, wardId }: Receipt) => (wardId === own ? accountId : wardId);
  const ids = new Set(receipts.map(other).filter((id) => id !== undefined));
  const names = new Map(
    await Promise.all(
      [...ids].map(async (id) => {
        const standing = await standingOf(app.db, app, id);
        return [id, fullName(standing?.attributes() ?? null) ?? null] as const;
      }),
    ),
  );
  return (receipt) => {
    const id = other(receipt);
    if (id === undefined) return null;
    return {
      kind: receipt.wardId === own ? 'by_guardian' : 'for_ward',
      name: names.get(id) ?? null,
    };
  };
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

const withdrawalForm = z.looseObject({ receipt: z.string().optional() });

/**
 * POST /services/:id/withdrawal: from the commit on every token of this person at this service is worth nothing,
 * on every node; with `receipt`, what a guardian agreed to for a ward, by either of the two. A service that was never agreed to
 * answers 404, and so does somebody else's receipt; withdrawing twice is no fault.
 */
export async function submitServiceWithdrawal(ctx: Context, app: WebApp): Promise<void> {
  const { accountId } = sessionOf(ctx);
  const serviceId = ctx.state.params.id ?? '';
  const form = readForm(ctx, withdrawalForm);
  if (!form.ok || !(await findService(app.db, serviceId))) throw new Fault('not_found');
  const { receipt: receiptId } = form.value;
  const parties =
    receiptId === undefined
      ? { accountId, serviceId }
      : (await listReceipts(app.db, accountId)).find(
          (receipt) => receipt.id === receiptId && receipt.serviceId === serviceId,
        );
  if (!parties) throw new Fault('not_found');
  await transact(app.db, (tx) => withdrawConsent(tx, app, parties, accountId));
  seeOther(ctx, `/services?withdrawn=${encodeURIComponent(serviceId)}`);
}
