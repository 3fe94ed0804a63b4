import { z } from 'zod';
import { peoplePage } from '../../views/admin/people.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { findPersonByNumber } from '../registry/find-persons.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';

/** Enough for a day at the counter, too few to walk through numbers. */
export const LOOK_UPS = { name: 'person_look_up', calls: 60, windowSeconds: 3600 };
const searchForm = z.object({ number: z.string().trim().min(1).max(40) });

/** GET /console/people: look a person up by the whole number. */
export async function showPeople(ctx: Context, app: WebApp): Promise<void> {
  await showSearch(ctx, app, { number: '', notFound: false });
}

/**
 * POST /console/people: posted, so that a number stands in no address, history or log. A malformed and an
 * unknown number give the same answer; every look-up is counted and on the audit trail.
 */
export async function postPeople(ctx: Context, app: WebApp): Promise<void> {
  const officer = sessionOf(ctx, 'officer');
  await countCall(app, LOOK_UPS, officer.accountId);
  const sent = readForm(ctx, searchForm);
  const number = sent.ok ? sent.value.number : '';
  const found = sent.ok ? await findPersonByNumber(app.db, app, number) : null;
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.person_looked_up',
      actor: { kind: 'officer', id: officer.accountId },
      subject: { kind: 'person', id: found?.personId ?? null },
      details: { found: found !== null },
    }),
  );
  if (found) return ctx.redirect(`/console/people/${found.personId}`);
  await showSearch(ctx, app, { number, notFound: true });
}

async function showSearch(
  ctx: Context,
  app: WebApp,
  search: { number: string; notFound: boolean },
): Promise<void> {
  const message = app.languages.translator(ctx.state.lang)('admin.people.not_found');
  await page(ctx, app, {
    view: peoplePage,
    model: {
      number: search.number,
      errors: search.notFound ? [{ field: 'number', message }] : [],
    },
    title: 'admin.people.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'people'),
    status: search.notFound ? 422 : 200,
  });
}
