import { consoleNav } from '../../views/admin/nav.ts';
import { queuePage } from '../../views/admin/queue.ts';
import type { QueueRow } from '../../views/admin/queue.ts';
import { officerOf } from '../accounts/officer-guard.ts';
import { listOpenCases } from '../proofing/officer-queue.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

const PAGE_ROWS = 25;

/** GET /console: to where this officer works. */
export async function showConsole(ctx: Context): Promise<void> {
  const { roles } = officerOf(ctx);
  const reviews = roles.some((role) => role === 'officer' || role === 'supervisor');
  const watches = roles.includes('security_officer');
  ctx.redirect(reviews ? '/console/cases' : watches ? '/console/alerts' : '/console/people');
}

/** GET /console/cases: what waits for an officer, oldest first; `?all=1` every open case; `?after=` the next page. */
export async function showQueue(ctx: Context, app: ProofingApp): Promise<void> {
  const all = ctx.query.all === '1';
  const after = typeof ctx.query.after === 'string' ? ctx.query.after : null;
  const { cases, next } = await listOpenCases(app.db, app, {
    after,
    limit: PAGE_ROWS,
    ...(all ? {} : { steps: ['review'] }),
  });
  const me: string = sessionOf(ctx, 'officer').accountId;
  const query = new URLSearchParams({
    ...(all ? { all: '1' } : {}),
    ...(next ? { after: next } : {}),
  });
  await page(ctx, app, {
    view: queuePage,
    model: {
      all,
      nextHref: next ? `/console/cases?${query.toString()}` : null,
      rows: cases.map((row): QueueRow => ({
        href: `/console/cases/${row.id}`,
        reference: row.reference,
        step: row.step,
        held: row.hold !== null,
        waitingSince: row.waitingSince,
        attention: row.attentionReasons,
        assigned: row.officerId === null ? 'nobody' : row.officerId === me ? 'me' : 'other',
      })),
    },
    title: 'admin.queue.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'cases'),
  });
}
