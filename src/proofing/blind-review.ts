import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { OfficerId, RowId } from '../lib/ids.ts';
import { onFile, placeCase } from './case.ts';
import { lockCase } from './case-store.ts';
import { isOfficersOwn } from './decide-case.ts';
import { DECISION_REASONS } from './decision.ts';
import type { DecisionKind, DecisionReason } from './decision.ts';
import { readCaseForOfficer } from './officer-view.ts';
import type { OfficerView } from './officer-view.ts';
import type { ProofingApp } from './proofing-app.ts';
import {
  findDecisionKind,
  findOpenReview,
  listDisagreements,
  listReviewsFor,
  settleReview,
} from './review-store.ts';
import type { CaseReview, Disagreement } from './review-store.ts';

/** What waits for a second look by this officer, oldest first: never a case that they decided. */
export function reviewsFor(db: Db, officerId: OfficerId, limit = 20): Promise<CaseReview[]> {
  return listReviewsFor(db, officerId, limit);
}

/**
 * The case as whoever decided first had it before them, without what they decided, who they were, or what became of it.
 * Null where the review is over, or not this officer's to do.
 */
export async function readCaseForReview(
  db: Db,
  app: ProofingApp,
  given: { reviewId: RowId; officerId: OfficerId },
): Promise<OfficerView | null> {
  const review = await findOpenReview(db, given);
  const view = review && (await readCaseForOfficer(db, app, review.caseId));
  if (!view) return null;
  const { proofing } = view;
  const state = placeCase(proofing.pathway, onFile(proofing.state));
  return {
    ...view,
    proofing: { ...proofing, state, officerId: null, assignedAt: null },
    decisions: [],
    attentionReasons: [],
    approvalBlockers: [],
  };
}

/**
 * Writes a second look down: what that officer would have decided, held against what was. It changes no case; who decides that
 * the first look was wrong has suspension, split and appeal for it.
 */
export async function recordReview(
  tx: Tx,
  app: App,
  given: { reviewId: RowId; officerId: OfficerId; reason: DecisionReason },
): Promise<{ ok: true; finding: 'agrees' | 'differs' } | { ok: false; reason: 'not_theirs' }> {
  const { reviewId, officerId, reason } = given;
  const review = await findOpenReview(tx, given);
  const proofing = review && (await lockCase(tx, review.caseId));
  if (!review || !proofing || (await isOfficersOwn(tx, proofing, officerId)))
    return { ok: false, reason: 'not_theirs' };
  const first = await findDecisionKind(tx, review.decisionId);
  const { kind } = DECISION_REASONS[reason];
  const finding = first && sameDecision(first.kind, kind) ? 'agrees' : 'differs';
  const at = app.clock.now();
  // Two at once: the first one's word stands.
  if (!(await settleReview(tx, { id: reviewId, officerId, finding, reason, at })))
    return { ok: false, reason: 'not_theirs' };
  await appendAudit(tx, app, {
    action: 'proofing.case_reviewed',
    actor: { kind: 'officer', id: officerId },
    subject: { kind: 'case', id: proofing.id },
    details: { reviewId, decisionId: review.decisionId, finding },
  });
  return { ok: true, finding };
}

/** The second looks that came to another decision, latest first: for a supervisor. */
export function disagreements(db: Db, limit = 50): Promise<Disagreement[]> {
  return listDisagreements(db, limit);
}

/** Whether two decisions come to the same; to confirm is to approve. */
export function sameDecision(one: DecisionKind, other: DecisionKind): boolean {
  const plain = (kind: DecisionKind) => (kind === 'confirm' ? 'approve' : kind);
  return plain(one) === plain(other);
}
