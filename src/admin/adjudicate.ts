import { z } from 'zod';
import { adjudicationPage, heldCasesPage } from '../../views/admin/adjudication.ts';
import type { AdjudicationModel } from '../../views/admin/adjudication.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { officerOf } from '../accounts/officer-guard.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { PersonId, RowId } from '../lib/ids.ts';
import type { CaseId } from '../lib/ids.ts';
import { adjudicateCase, confirmAdjudication } from '../proofing/adjudicate-case.ts';
import type { AdjudicationResult } from '../proofing/adjudicate-case.ts';
import { heldCases } from '../proofing/adjudication-list.ts';
import { readAdjudication, readEarlierPortrait } from '../proofing/adjudication-view.ts';
import { DECISION_REASONS } from '../proofing/decision.ts';
import type { DecisionReason } from '../proofing/decision.ts';
import { readChipPortrait, readLivePortrait } from '../proofing/officer-view.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { adjudicationModel } from './adjudication-model.ts';
import { officerIdOf } from './decide-case.ts';
import { caseIdOf } from './show-case.ts';

/** GET /console/adjudications: the held cases, oldest first. */
export async function showHeldCases(ctx: Context, app: ProofingApp): Promise<void> {
  await page(ctx, app, {
    view: heldCasesPage,
    model: { rows: await heldCases(app) },
    title: 'admin.adjudication.list',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'adjudications'),
  });
}

/** GET /console/cases/:id/adjudication: the applicant beside the records that the case is held by. */
export async function showAdjudication(ctx: Context, app: ProofingApp): Promise<void> {
  await renderAdjudication(ctx, app, caseIdOf(ctx), { sent: {}, errors: [] });
}

/** GET /console/cases/:id/adjudication/portraits/:which: `live`, `chip`, or of a person whom the page shows. */
export async function showAdjudicationPortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const id = caseIdOf(ctx);
  const { which = '' } = ctx.state.params;
  const personId = PersonId.parse(which);
  const held = await readAdjudication(app.db, app, id);
  if (!held) throw new Fault('not_found');
  const jpeg =
    which === 'live'
      ? await readLivePortrait(app.db, app, id)
      : which === 'chip'
        ? await readChipPortrait(app.db, app, id)
        : personId && (await readEarlierPortrait(app.db, app, { caseId: id, personId }));
  if (!jpeg) throw new Fault('not_found');
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.portrait_opened',
      actor: { kind: 'officer', id: officerIdOf(ctx) },
      subject: personId ? { kind: 'person', id: personId } : { kind: 'case', id },
      details: { which: personId ? 'earlier' : which },
    }),
  );
  ctx.type = 'image/jpeg';
  ctx.set('cache-control', 'no-store');
  ctx.body = jpeg;
}

const findingForm = z.object({
  version: z.coerce.number().int().min(0),
  evidence: z.string().max(64),
  shown: z.string().max(4000).default(''),
  kind: z.enum(['renewal', 'second_document', 'another_person'], {
    error: 'admin.adjudication.error_kind',
  }),
  portraits: z.enum(['match', 'differ', 'not_available']).optional(),
  replaces: z.string().optional(),
  reason: z.enum(Object.keys(DECISION_REASONS) as [DecisionReason, ...DecisionReason[]]),
  note: z.string().trim().max(2000, 'admin.case.error_note').default(''),
});

/** POST /console/cases/:id/adjudications: what the officer found. */
export async function postAdjudication(ctx: Context, app: ProofingApp): Promise<void> {
  const id = caseIdOf(ctx);
  const sent = readForm(ctx, findingForm);
  const t = app.languages.translator(ctx.state.lang);
  if (!sent.ok) {
    // What the page's own fields cannot say wrongly is no officer's mistake: nothing to show a text for.
    const told = Object.entries(sent.errors).filter(([, key]) => key?.startsWith('admin.'));
    if (told.length === 0) throw new Fault('bad_request');
    const errors = told.map(([field, key]) => ({ field, message: t(key) }));
    return renderAdjudication(ctx, app, id, { sent: sent.input, errors, status: 422 });
  }
  const { kind, portraits, replaces, note, reason } = sent.value;
  const joins = kind !== 'another_person';
  if (joins && !portraits) {
    const errors = [{ field: 'portraits', message: t('admin.adjudication.error_portraits') }];
    return renderAdjudication(ctx, app, id, { sent: { kind, reason, note }, errors, status: 422 });
  }
  const result = await adjudicateCase(app, {
    caseId: id,
    officerId: officerIdOf(ctx),
    expectedVersion: sent.value.version,
    expectedEvidence: sent.value.evidence,
    kind,
    replaces: kind === 'renewal' ? RowId.parse(replaces) : null,
    portraits: joins ? (portraits ?? null) : null,
    dismissed: sent.value.shown.split(',').flatMap((text) => PersonId.parse(text) ?? []),
    reason,
    note: note || null,
  });
  await answer(ctx, app, { id, result, sent: { kind, reason, note } });
}

const confirmForm = z.object({ decision: z.enum(['confirm', 'decline']) });

/** POST /console/adjudications/:id/decision: a second officer carries it out, or declines. */
export async function postAdjudicationDecision(ctx: Context, app: ProofingApp): Promise<void> {
  const id = RowId.parse(ctx.state.params.id);
  const sent = readForm(ctx, confirmForm);
  if (!sent.ok) throw new Fault('bad_request');
  if (!id) throw new Fault('not_found');
  const { decision } = sent.value;
  const result = await confirmAdjudication(app, { id, officerId: officerIdOf(ctx), decision });
  if (result.ok) return ctx.redirect('/console/adjudications');
  await answer(ctx, app, { id: null, result, sent: {} });
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  given: { id: CaseId | null; result: AdjudicationResult; sent: Record<string, string> },
): Promise<void> {
  const { id, result, sent } = given;
  if (result.ok) return ctx.redirect('/console/adjudications');
  if (result.reason === 'not_found' || !id)
    throw new Fault(result.reason === 'not_found' ? 'not_found' : 'conflict');
  if (result.reason === 'own_case') throw new Fault('not_allowed');
  const message = app.languages.translator(ctx.state.lang)(
    `admin.adjudication.error_${result.reason}`,
  );
  const status = CONFLICTS.includes(result.reason) ? 409 : 422;
  await renderAdjudication(ctx, app, id, { sent, errors: [{ field: null, message }], status });
}

const CONFLICTS = ['stale_version', 'evidence_changed', 'already_waiting', 'settled'];

async function renderAdjudication(
  ctx: Context,
  app: ProofingApp,
  id: CaseId,
  given: { sent: Record<string, string>; errors: AdjudicationModel['errors']; status?: number },
): Promise<void> {
  const shown = await readAdjudication(app.db, app, id);
  if (!shown) throw new Fault('not_found');
  const officerId = officerIdOf(ctx);
  const model = adjudicationModel(
    shown,
    {
      id: officerId,
      reviews: officerOf(ctx).roles.some((role) => role === 'officer' || role === 'supervisor'),
    },
    { sent: given.sent, errors: given.errors },
  );
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.adjudication_opened',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'case', id },
      details: { hold: shown.hold, records: model.shown.length },
    }),
  );
  await page(ctx, app, {
    view: adjudicationPage,
    model,
    title: 'admin.adjudication.title',
    titleParams: { reference: model.reference },
    area: 'console',
    nav: (ui) => consoleNav(ui, 'adjudications'),
    status: given.status ?? 200,
  });
}
