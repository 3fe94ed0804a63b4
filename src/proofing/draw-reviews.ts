import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { Random } from '../lib/random.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { DECISION_REASONS } from './decision.ts';
import type { DecisionReason } from './decision.ts';
import { findDecisionKind, insertReview, listReviewsFor, settleReview } from './review-store.ts';
import type { CaseReview } from './review-store.ts';

/** One decision in so many is looked at again: 5 %. */
export const REVIEWED_ONE_IN = 20;

/** Whether chance draws a decision for a second look. Nobody can know beforehand. */
export function isDrawn(random: Pick<Random, 'integer'>): boolean {
  return random.integer(REVIEWED_ONE_IN) === 0;
}

/**
 * Who gets the next case: any of those who may, by chance alone, so that nobody can wait for a friend at the window. Null
 * where nobody may.
 */
export function drawOfficer(
  officers: readonly OfficerId[],
  barred: ReadonlySet<OfficerId>,
  random: Pick<Random, 'integer'>,
): OfficerId | null {
  const able = officers.filter((officer) => !barred.has(officer));
  return able.length > 0 ? able[random.integer(able.length)]! : null;
}

/** Draws a decision just made for a blind second look, by chance, in its transaction. */
export async function drawForReview(
  tx: Tx,
  app: Pick<App, 'random' | 'clock'>,
  made: { decisionId: RowId; caseId: CaseId },
): Promise<void> {
  if (!isDrawn(app.random)) return;
  await insertReview(tx, { id: RowId.make(app), ...made, drawnAt: app.clock.now() });
}

/** What an officer may look at a second time: never a case of theirs. The first decision is not told. */
export function reviewsFor(db: Db, officerId: OfficerId, limit = 20): Promise<CaseReview[]> {
  return listReviewsFor(db, officerId, limit);
}

/** Writes a second look down: what that officer would have decided, held against what was. */
export async function recordReview(
  tx: Tx,
  app: Pick<App, 'clock'>,
  given: { review: CaseReview; officerId: OfficerId; reason: DecisionReason },
): Promise<
  { ok: true; finding: 'agrees' | 'differs' } | { ok: false; reason: 'own_decision' | 'done' }
> {
  const { review, officerId, reason } = given;
  const open = await listReviewsFor(tx, officerId, 1000);
  if (!open.some(({ id }) => id === review.id)) return { ok: false, reason: 'own_decision' };
  const first = await findDecisionKind(tx, review.decisionId);
  const kind = DECISION_REASONS[reason].kind;
  const approves = (what: string | undefined) => what === 'approve' || what === 'confirm';
  const agrees = first?.kind === kind || (approves(first?.kind) && approves(kind));
  const finding = agrees ? 'agrees' : 'differs';
  const at = app.clock.now();
  const saved = await settleReview(tx, { id: review.id, officerId, finding, reason, at });
  return saved ? { ok: true, finding } : { ok: false, reason: 'done' };
}
