import { casePage } from '../../views/admin/case.ts';
import type { CaseModel } from '../../views/admin/case.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import type { AuditEvents } from '../audit/events.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { CaseId } from '../lib/ids.ts';
import {
  readChipPortrait,
  readLivePortrait,
  readPagePhoto,
  readSample,
  readCaseForOfficer,
} from '../proofing/officer-view.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { readBesideCase } from '../proofing/registers/beside-case.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { besideModel } from './beside-model.ts';
import { caseModel } from './case-model.ts';

/** The case that the path names; a malformed or unknown id is the same 404. */
export function caseIdOf(ctx: Context): CaseId {
  const id = CaseId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}

/** GET /console/cases/:id. */
export async function showCase(ctx: Context, app: ProofingApp): Promise<void> {
  await renderCase(ctx, app, caseIdOf(ctx), { reason: null, note: '', errors: [] });
}

/** The page of a case, with what was sent and what was wrong with it. Every look is on the audit trail. */
export async function renderCase(
  ctx: Context,
  app: ProofingApp,
  id: CaseId,
  sent: {
    reason: string | null;
    note: string;
    told?: string;
    errors: CaseModel['errors'];
    status?: number;
  },
): Promise<void> {
  const [view, beside] = await Promise.all([
    readCaseForOfficer(app.db, app, id),
    readBesideCase(app.db, app, id),
  ]);
  if (!view || !beside) throw new Fault('not_found');
  await recordLook(ctx, app, { action: 'admin.case_opened', id, details: {} });
  const shown = caseModel(view, sessionOf(ctx, 'officer').accountId, sent);
  await page(ctx, app, {
    view: casePage,
    model: {
      ...shown,
      blockers: [...new Set([...shown.blockers, ...beside.blockers])],
      beside: besideModel(id, beside, { lang: ctx.state.lang, now: app.clock.now() }),
    },
    title: 'admin.case.title',
    titleParams: { reference: view.reference },
    area: 'console',
    nav: (ui) => consoleNav(ui, 'cases'),
    status: sent.status ?? 200,
  });
}

const READERS = {
  chip: readChipPortrait,
  live: readLivePortrait,
  page: readPagePhoto,
  sample: readSample,
} as const;

/**
 * GET /console/cases/:id/portraits/:which, one of READERS: a JPEG made anew from the evidence, never cached. A look at
 * a face is on the audit trail of its own: it needs no page of the case around it.
 */
export async function showCasePortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const { which } = ctx.state.params;
  const reader = Object.entries(READERS).find(([name]) => name === which)?.[1];
  if (!reader || !which) throw new Fault('not_found');
  const id = caseIdOf(ctx);
  const jpeg = await reader(app.db, app, id);
  if (!jpeg) throw new Fault('not_found');
  await recordLook(ctx, app, { action: 'admin.portrait_opened', id, details: { which } });
  ctx.type = 'image/jpeg';
  ctx.set('cache-control', 'no-store');
  ctx.body = jpeg;
}

type Look =
  | { action: 'admin.case_opened'; details: AuditEvents['admin.case_opened'] }
  | { action: 'admin.portrait_opened'; details: AuditEvents['admin.portrait_opened'] };

function recordLook(ctx: Context, app: ProofingApp, look: Look & { id: CaseId }): Promise<void> {
  const { id, ...event } = look;
  const actor = { kind: 'officer', id: sessionOf(ctx, 'officer').accountId } as const;
  return transact(app.db, (tx) =>
    appendAudit(tx, app, { ...event, actor, subject: { kind: 'case', id } }),
  );
}
