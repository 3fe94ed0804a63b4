import { casePage } from '../../views/admin/case.ts';
import type { CaseModel } from '../../views/admin/case.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { CaseId } from '../lib/ids.ts';
import {
  readChipPortrait,
  readLivePortrait,
  readCaseForOfficer,
} from '../proofing/officer-view.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { caseModel } from './case-model.ts';

/** The case that the path names; a malformed or unknown id is the same 404. */
export function caseIdOf(ctx: Context): CaseId {
  const id = CaseId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}

/** GET /console/cases/:id. Every look is on the audit trail. */
export async function showCase(ctx: Context, app: ProofingApp): Promise<void> {
  const id = caseIdOf(ctx);
  const officer = sessionOf(ctx, 'officer');
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.case_opened',
      actor: { kind: 'officer', id: officer.accountId },
      subject: { kind: 'case', id },
      details: {},
    }),
  );
  await renderCase(ctx, app, id, { reason: null, note: '', errors: [] });
}

/** The page of a case, with what was sent and what was wrong with it. */
export async function renderCase(
  ctx: Context,
  app: ProofingApp,
  id: CaseId,
  sent: { reason: string | null; note: string; errors: CaseModel['errors']; status?: number },
): Promise<void> {
  const view = await readCaseForOfficer(app.db, app, id);
  if (!view) throw new Fault('not_found');
  await page(ctx, app, {
    view: casePage,
    model: caseModel(view, sessionOf(ctx, 'officer').accountId, sent),
    title: 'admin.case.title',
    titleParams: { reference: view.reference },
    area: 'console',
    nav: (ui) => consoleNav(ui, 'cases'),
    status: sent.status ?? 200,
  });
}

const READERS = { chip: readChipPortrait, live: readLivePortrait } as const;

/** GET /console/cases/:id/portraits/:which, `chip` or `live`: a JPEG made anew from the evidence, never cached. */
export async function showCasePortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const { which } = ctx.state.params;
  if (which !== 'chip' && which !== 'live') throw new Fault('not_found');
  const jpeg = await READERS[which](app.db, app, caseIdOf(ctx));
  if (!jpeg) throw new Fault('not_found');
  ctx.type = 'image/jpeg';
  ctx.set('cache-control', 'no-store');
  ctx.body = jpeg;
}
