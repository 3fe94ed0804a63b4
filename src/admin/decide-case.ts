import { z } from 'zod';
import { Fault } from '../lib/fault.ts';
import { OfficerId } from '../lib/ids.ts';
import { assignCase } from '../proofing/assign-case.ts';
import { decideCase } from '../proofing/decide-case.ts';
import { DECISION_REASONS } from '../proofing/decision.ts';
import type { DecisionReason } from '../proofing/decision.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { caseIdOf, renderCase } from './show-case.ts';

const version = z.coerce.number().int().min(0);
const decisionForm = z.object({
  version,
  reason: z.enum(Object.keys(DECISION_REASONS) as [DecisionReason, ...DecisionReason[]], {
    error: 'admin.case.error_reason',
  }),
  note: z.string().trim().max(2000, 'admin.case.error_note').default(''),
  told: z.string().trim().max(2000, 'admin.case.error_note').default(''),
  evidence: z.string().max(64).optional(),
});
const assignmentForm = z.object({ version, to: z.enum(['me', 'nobody']) });

/** The officer who is signed in: an account of that kind, so its id is an officer's. */
export function officerIdOf(ctx: Context): OfficerId {
  const id = OfficerId.parse(sessionOf(ctx, 'officer').accountId);
  if (!id) throw new Fault('not_signed_in');
  return id;
}

/**
 * POST /console/cases/:id/decision. A decision on an older version of the case answers 409; one that cannot be
 * taken now shows the case again with what stands against it (422). Nothing typed is lost.
 */
export async function postDecision(ctx: Context, app: ProofingApp): Promise<void> {
  const id = caseIdOf(ctx);
  const sent = readForm(ctx, decisionForm);
  if (!sent.ok) {
    if (sent.errors.version) throw new Fault('bad_request');
    const errors = Object.entries(sent.errors).map(([field, key]) => ({
      field,
      message: app.languages.translator(ctx.state.lang)(key),
    }));
    const note = sent.input.note ?? '';
    const told = sent.input.told ?? '';
    return renderCase(ctx, app, id, { reason: null, note, told, errors, status: 422 });
  }
  const { reason, note, told, evidence } = sent.value;
  const result = await decideCase(app, {
    caseId: id,
    officerId: officerIdOf(ctx),
    expectedVersion: sent.value.version,
    decision: DECISION_REASONS[reason].kind,
    reasonCode: reason,
    note: note === '' ? null : note,
    told: told === '' ? null : told,
    ...(evidence === undefined ? {} : { expectedEvidence: evidence }),
  });
  if (result.ok) return ctx.redirect(`/console/cases/${id}`);
  if (result.reason === 'not_found') throw new Fault('not_found');
  if (result.reason === 'own_case') throw new Fault('not_allowed');
  const t = app.languages.translator(ctx.state.lang);
  const stale = result.reason === 'stale_version' || result.reason === 'evidence_changed';
  const message = t(`admin.case.error_${result.reason}`);
  // What only the decision could find out: the chip judged anew, a second officer who is the first.
  const blockers = result.reason === 'not_decidable' ? result.blockers : [];
  const errors = [message, ...blockers.map((code) => t(`admin.blocker.${code}`))].map((text) => ({
    field: null,
    message: text,
  }));
  return renderCase(ctx, app, id, { reason, note, told, errors, status: stale ? 409 : 422 });
}

/** POST /console/cases/:id/assignment: takes the case, or gives it back. */
export async function postAssignment(ctx: Context, app: ProofingApp): Promise<void> {
  const id = caseIdOf(ctx);
  const sent = readForm(ctx, assignmentForm);
  if (!sent.ok) throw new Fault('bad_request');
  const officerId = officerIdOf(ctx);
  const result = await assignCase(app, {
    caseId: id,
    officerId,
    expectedVersion: sent.value.version,
    to: sent.value.to === 'me' ? officerId : null,
  });
  if (result.ok) return ctx.redirect(`/console/cases/${id}`);
  if (result.reason === 'not_found') throw new Fault('not_found');
  if (result.reason === 'own_case') throw new Fault('not_allowed');
  const message = app.languages.translator(ctx.state.lang)(`admin.case.error_${result.reason}`);
  const errors = [{ field: null, message }];
  return renderCase(ctx, app, id, { reason: null, note: '', errors, status: 409 });
}
