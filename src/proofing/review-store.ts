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

/** Reviews that still wait and that an officer may do: of no case that they decided. */
function openFor(db: Db | Tx, officerId: OfficerId) {
  return db('case_reviews as r')
    .whereNull('r.reviewed_at')
    .whereNotExists(
      db('case_decisions as d')
        .whereRaw('d.case_id = r.case_id')
        .where('d.officer_id', officerId)
        .select(db.raw('1')),
    )
    .select('r.id', 'r.decision_id', 'r.case_id', 'r.drawn_at');
}

/** Oldest first. */
export async function listReviewsFor(
  db: Db | Tx,
  officerId: OfficerId,
  limit: number,
): Promise<CaseReview[]> {
  const rows = await openFor(db, officerId)
    .orderBy([{ column: 'r.drawn_at' }, { column: 'r.id' }])
    .limit(limit);
  return rows.map(toReview);
}

export async function findOpenReview(
  db: Db | Tx,
  { reviewId, officerId }: { reviewId: RowId; officerId: OfficerId },
): Promise<CaseReview | null> {
  const [row] = await openFor(db, officerId).where('r.id', reviewId);
  return row ? toReview(row) : null;
}

function toReview(row: Record<string, unknown>): CaseReview {
  return {
    id: row.id as RowId,
    decisionId: row.decision_id as RowId,
    caseId: row.case_id as CaseId,
    drawnAt: row.drawn_at as Date,
  };
}

/** A second look that came to another decision. */
export interface Disagreement {
  reviewId: RowId;
  caseId: CaseId;
  decisionId: RowId;
  /** Null: the policy decided. */
  decidedBy: OfficerId | null;
  decided: DecisionKind;
  reviewedBy: OfficerId;
  /** The reason code that the second officer gave. */
  reason: string;
  at: Date;
}

export async function listDisagreements(db: Db | Tx, limit: number): Promise<Disagreement[]> {
  const rows = await db('case_reviews as r')
    .join('case_decisions as d', 'd.id', 'r.decision_id')
    .where('r.finding', 'differs')
    .orderBy('r.reviewed_at', 'desc')
    .limit(limit)
    .select(
      'r.id',
      'r.case_id',
      'r.decision_id',
      'd.officer_id as decided_by',
      'd.kind',
      'r.officer_id as reviewed_by',
      'r.reason',
      'r.reviewed_at',
    );
  return rows.map((row: Record<string, unknown>) => ({
    reviewId: row.id as RowId,
    caseId: row.case_id as CaseId,
    decisionId: row.decision_id as RowId,
    decidedBy: row.decided_by as OfficerId | null,
    decided: row.kind as DecisionKind,
    reviewedBy: row.reviewed_by as OfficerId,
    reason: row.reason as string,
    at: row.reviewed_at as Date,
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

/** False where the case is planted already. */
export async function insertPlanted(
  tx: Tx,
  row: { caseId: CaseId; expected: DecisionKind; plantedBy: OfficerId; at: Date },
): Promise<boolean> {
  const inserted = await tx('planted_cases')
    .insert({
      case_id: row.caseId,
      expected: row.expected,
      planted_by: row.plantedBy,
      planted_at: row.at,
    })
    .onConflict('case_id')
    .ignore()
    .returning('case_id');
  return inserted.length === 1;
}

export async function findPlanted(
  db: Db | Tx,
  caseId: CaseId,
): Promise<{ expected: DecisionKind; plantedBy: OfficerId } | null> {
  const row = await db('planted_cases').where({ case_id: caseId }).first('expected', 'planted_by');
  return row
    ? { expected: row.expected as DecisionKind, plantedBy: row.planted_by as OfficerId }
    : null;
}

/** A planted case that was decided: what would have been right, and what the officer did. */
export interface PlantedResult {
  caseId: CaseId;
  officerId: OfficerId;
  expected: DecisionKind;
  decided: DecisionKind;
  at: Date;
}

export async function listPlantedResults(db: Db | Tx, limit: number): Promise<PlantedResult[]> {
  const rows = await db('planted_cases as p')
    .join('case_decisions as d', 'd.case_id', 'p.case_id')
    .where('d.outcome', 'planted')
    .orderBy('d.at', 'desc')
    .limit(limit)
    .select('p.case_id', 'p.expected', 'd.officer_id', 'd.kind', 'd.at');
  return rows.map((row: Record<string, unknown>) => ({
    caseId: row.case_id as CaseId,
    officerId: row.officer_id as OfficerId,
    expected: row.expected as DecisionKind,
    decided: row.kind as DecisionKind,
    at: row.at as Date,
  }));
}
