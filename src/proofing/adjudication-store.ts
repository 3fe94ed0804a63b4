import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, OfficerId, PersonId, RowId } from '../lib/ids.ts';
import type { PortraitComparison } from '../registry/continuity.ts';
import type { DecisionReason } from './decision.ts';

export type AdjudicationKind = 'renewal' | 'second_document' | 'another_person';

export interface Adjudication {
  id: RowId;
  caseId: CaseId;
  caseVersion: number;
  kind: AdjudicationKind;
  replaces: RowId | null;
  /** Null where the question was another one. */
  portraits: PortraitComparison | null;
  dismissed: PersonId[];
  reason: DecisionReason;
  officerId: OfficerId;
  at: Date;
  secondOfficerId: OfficerId | null;
  settledAt: Date | null;
  outcome: string | null;
}

const COLUMNS = [
  'id',
  'case_id',
  'case_version',
  'kind',
  'replaces',
  'portraits',
  'dismissed',
  'reason',
  'officer_id',
  'at',
  'second_officer_id',
  'settled_at',
  'outcome',
] as const;

/** Puts one on record; false where the case has one that waits. */
export async function insertAdjudication(tx: Tx, row: Adjudication): Promise<boolean> {
  const inserted = await tx('case_adjudications')
    .insert({
      id: row.id,
      case_id: row.caseId,
      case_version: row.caseVersion,
      kind: row.kind,
      replaces: row.replaces,
      portraits: row.portraits,
      dismissed: row.dismissed,
      reason: row.reason,
      officer_id: row.officerId,
      at: row.at,
      second_officer_id: row.secondOfficerId,
      settled_at: row.settledAt,
      outcome: row.outcome,
    })
    .onConflict()
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

export async function lockAdjudication(tx: Tx, id: RowId): Promise<Adjudication | null> {
  const row = await tx('case_adjudications')
    .where({ id })
    .forUpdate()
    .first(...COLUMNS);
  return row ? toAdjudication(row) : null;
}

/** The case that an adjudication is about; null where there is none. */
export async function findAdjudicatedCase(db: Db | Tx, id: RowId): Promise<CaseId | null> {
  const row = await db('case_adjudications').where({ id }).first('case_id');
  return (row?.case_id as CaseId | undefined) ?? null;
}

export async function settleAdjudication(
  tx: Tx,
  row: { id: RowId; secondOfficerId: OfficerId | null; at: Date; outcome: string },
): Promise<void> {
  await tx('case_adjudications').where({ id: row.id }).update({
    second_officer_id: row.secondOfficerId,
    settled_at: row.at,
    outcome: row.outcome,
  });
}

/** Those of a case, latest first. */
export async function listAdjudications(db: Db | Tx, caseId: CaseId): Promise<Adjudication[]> {
  const rows = await db('case_adjudications')
    .where({ case_id: caseId })
    .orderBy('at', 'desc')
    .select(...COLUMNS);
  return rows.map(toAdjudication);
}

/** Of these cases, those that wait for a second officer. */
export async function casesWithWaiting(
  db: Db | Tx,
  caseIds: readonly CaseId[],
): Promise<Set<CaseId>> {
  const rows = await db('case_adjudications')
    .whereIn('case_id', [...caseIds])
    .whereNull('settled_at')
    .select('case_id');
  return new Set(rows.map((row) => row.case_id as CaseId));
}

function toAdjudication(row: Record<(typeof COLUMNS)[number], unknown>): Adjudication {
  return {
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    caseVersion: row.case_version as number,
    kind: row.kind as AdjudicationKind,
    replaces: row.replaces as RowId | null,
    portraits: row.portraits as PortraitComparison | null,
    dismissed: row.dismissed as PersonId[],
    reason: row.reason as DecisionReason,
    officerId: row.officer_id as OfficerId,
    at: row.at as Date,
    secondOfficerId: row.second_officer_id as OfficerId | null,
    settledAt: row.settled_at as Date | null,
    outcome: row.outcome as string | null,
  };
}
