import { z } from 'zod';
import { appealDecisionPage, appealsPage } from '../../views/admin/appeals.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { decideAppeal, openAppeals, readAppeal } from '../proofing/appeal.ts';
import { caseReference } from '../proofing/case-reference.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** GET /console/appeals: what waits, the most urgent first. */
export async function showAppeals(ctx: Context, app: ProofingApp): Promise<void> {
  const now = app.clock.now();
  const appeals = await openAppeals(app.db);
  await page(ctx, app, {
    view: appealsPage,
    model: {
      rows: appeals.map(({ id, caseId, filedAt, dueAt }) => ({
        href: `/console/appeals/${id}`,
        reference: caseReference(caseId),
        filedAt,
        dueAt,
        late: now > dueAt,
      })),
    },
    title: 'admin.appeals.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'appeals'),
  });
}

/** GET /console/appeals/:id. */
export async function showAppealToOfficer(ctx: Context, app: ProofingApp): Promise<void> {
  await answer(ctx, app, { errors: {}, sent: {}, status: 200 });
}

const form = z.object({
  outcome: z.enum(['upheld', 'dismissed'], { error: 'admin.appeals.error_outcome' }),
  reasons: z
    .string()
    .trim()
    .min(20, 'admin.appeals.error_reasons')
    .max(5000, 'admin.case.error_note'),
  holder_verified: z.string().optional(),
});

/** POST /console/appeals/:id/decision: by an officer who had no hand in the case. */
export async function postAppealDecision(ctx: Context, app: ProofingApp): Promise<void> {
  const id = idOf(ctx);
  const sent = readForm(ctx, form);
  if (!sent.ok) return answer(ctx, app, { errors: sent.errors, sent: sent.input, status: 422 });
  const { outcome, reasons } = sent.value;
  const result = await decideAppeal(app, {
    id,
    officerId: officerIdOf(ctx),
    outcome,
    reasons,
    holderVerified: sent.value.holder_verified === 'yes',
  });
  if (result.ok) return ctx.redirect('/console/appeals');
  if (result.reason === 'not_found') throw new Fault('not_found');
  if (result.reason === 'own_case') throw new Fault('not_allowed');
  await answer(ctx, app, {
    errors: { '': `admin.appeals.error_${result.reason}` },
    sent: { outcome, reasons },
    status: 409,
  });
}

function idOf(ctx: Context): RowId {
  const id = RowId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  given: { errors: Record<string, string>; sent: Record<string, string>; status: number },
): Promise<void> {
  const id = idOf(ctx);
  const found = await readAppeal(app.db, app, { id });
  if (!found) throw new Fault('not_found');
  const { appeal, reference, statement } = found;
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.case_opened',
      actor: { kind: 'officer', id: officerIdOf(ctx) },
      subject: { kind: 'case', id: appeal.caseId },
      details: {},
    }),
  );
  const t = app.languages.translator(ctx.state.lang);
  await page(ctx, app, {
    view: appealDecisionPage,
    model: {
      id,
      caseHref: `/console/cases/${appeal.caseId}`,
      reference,
      filedAt: appeal.filedAt,
      dueAt: appeal.dueAt,
      statement,
      decided: appeal.decided
        ? { outcome: appeal.decided.outcome, at: appeal.decided.at, reasons: found.reasons ?? '' }
        : null,
      outcome: given.sent.outcome ?? null,
      reasons: given.sent.reasons ?? '',
      errors: Object.entries(given.errors).map(([field, key]) => ({
        field: field || null,
        message: t(key),
      })),
    },
    title: 'admin.appeals.one',
    titleParams: { reference },
    area: 'console',
    nav: (ui) => consoleNav(ui, 'appeals'),
    status: given.status,
  });
}
