import { consoleNav } from '../../views/admin/nav.ts';
import { personPage } from '../../views/admin/person.ts';
import type { PersonModel } from '../../views/admin/person.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { PersonId } from '../lib/ids.ts';
import { standingOfPerson } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { personModel } from './person-model.ts';

/** The person that the path names; a malformed id, an unknown and an erased person are the same 404. */
export async function personOf(ctx: Context, app: WebApp): Promise<Standing> {
  const id = PersonId.parse(ctx.state.params.id);
  const found = id && (await standingOfPerson(app.db, app, id));
  if (!found) throw new Fault('not_found');
  return found;
}

/** GET /console/people/:id. */
export async function showPerson(ctx: Context, app: WebApp): Promise<void> {
  const found = await personOf(ctx, app);
  const changed = ctx.query.changed === '1' || ctx.query.proposed === '1';
  await renderPerson(ctx, app, found, {
    errors: [],
    changed: changed ? (ctx.query.changed === '1' ? 'changed' : 'proposed') : null,
  });
}

/** The page of a person. Every look is on the audit trail, one that a refused change ends in too. */
export async function renderPerson(
  ctx: Context,
  app: WebApp,
  found: Standing,
  result: {
    errors: PersonModel['errors'];
    changed?: PersonModel['changed'];
    sent?: Record<string, string>;
    status?: number;
  },
): Promise<void> {
  const officerId = sessionOf(ctx, 'officer').accountId;
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.person_opened',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'person', id: found.personId },
      details: {},
    }),
  );
  await page(ctx, app, {
    view: personPage,
    model: {
      ...(await personModel(app, found, officerId)),
      errors: result.errors,
      changed: result.changed ?? null,
      sent: result.sent ?? {},
    },
    title: 'admin.person.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'people'),
    status: result.status ?? 200,
  });
}

/** The page again, with what was refused on top of it. */
export async function refuse(
  ctx: Context,
  app: WebApp,
  refusal: { field: string | null; key: string; sent?: Record<string, string>; status?: number },
): Promise<void> {
  const message = app.languages.translator(ctx.state.lang)(refusal.key);
  await renderPerson(ctx, app, await personOf(ctx, app), {
    errors: [{ field: refusal.field, message }],
    status: refusal.status ?? 422,
    ...(refusal.sent ? { sent: refusal.sent } : {}),
  });
}
