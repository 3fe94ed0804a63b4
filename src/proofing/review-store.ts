import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../lib/ids.ts';
import type { DecisionKind } from './decision.ts';

export interface CaseReview {
  id: RowId;
  decisionId: RowId;
  caseId: CaseId;
  drawnAt: Date;
}

export async function insertReview(tx: Tx, review: CaseReview): Promise<void> {
  await tx('case_reviews').insert({
    id: review.id,
    decision_id: review.decisionId,
    case_id: review.caseId,
    drawn_at: review.drawnAt,
  });
}

/** Reviews that still wait and that an officer may do: of no case that they decided themselves. Oldest first. */
export async function listReviewsFor(
  db: Db | Tx,
  officerId: OfficerId,
  limit: number,
): Promise<CaseReview[]> {
  const rows = await db('case_reviews as r')
    .whereNull('r.reviewed_at')
    .whereNotExists(
      db('case_decisions as d')
        .whereRaw('d.case_id = r.case_id')
        .where('d.officer_id', officerId)
        .select(db.raw('1')),
    )
    .orderBy([{ column: 'r.drawn_at' }, { column: 'r.id' }])
    .limit(limit)
    .select('r.id', 'r.decision_id', 'r.case_id', 'r.drawn_at');
  return rows.map((row: Record<string, unknown>) => ({
    id: row.id as RowId,
    decisionId: row.decision_id as RowId,
    caseId: row.case_id as CaseId,
    drawnAt: row.drawn_at as Date,
  }));
}

/** Writes the second look down, once. */
export async function settleReview(
  tx: Tx,
  given: {
    id: RowId;
    officerId: OfficerId;
    finding: 'agrees' | 'differs';
    reason: string;
    at: Date;
  },
): Promise<boolean> {
  const rows = await tx('case_reviews').where({ id: given.id }).whereNull('reviewed_at').update({
    officer_id: given.officerId,
    finding: given.finding,
    reason: given.reason,
    reviewed_at: given.at,
  });
  return rows === 1;
}

export async function findDecisionKind(
  db: Db | Tx,
  decisionId: RowId,
): Promise<{ kind: DecisionKind; caseId: CaseId } | null> {
  const row = await db('case_decisions').where({ id: decisionId }).first('kind', 'case_id');
  return row ? { kind: row.kind as DecisionKind, caseId: row.case_id as CaseId } : null;
}

export async function insertPlanted(
  tx: Tx,
  row: { caseId: CaseId; expected: DecisionKind; plantedBy: OfficerId; at: Date },
): Promise<void> {
  await tx('planted_cases').insert({
    case_id: row.caseId,
    expected: row.expected,
    planted_by: row.plantedBy,
    planted_at: row.at,
  });
}

export async function findPlanted(
  db: Db | Tx,
  caseId: CaseId,
): Promise<{ expected: DecisionKind } | null> {
  const row = await db('planted_cases').where({ case_id: caseId }).first('expected');
  return row ? { expected: row.expected as DecisionKind } : null;
}
