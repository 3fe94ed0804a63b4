import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../lib/ids.ts';
import type { DecisionKind, DecisionReason } from './decision.ts';

export type DecisionOutcome =
  | 'approved'
  | 'proposed'
  | 'refused'
  | 'asked_again'
  | 'held'
  | 'register_asked_again'
  /** The case was planted: nothing came of it. */
  | 'planted';

export interface DecisionRow {
  id: RowId;
  caseId: CaseId;
  /** Null: the policy of that version decided. */
  officerId: OfficerId | null;
  policy: string | null;
  kind: DecisionKind;
  reason: DecisionReason | 'policy_met';
  outcome: DecisionOutcome;
  /** Encrypted under the case's key. */
  note: Buffer | null;
  /** As `note`: words for the holder's letter. */
  told: Buffer | null;
  /** The version that the officer had before them. */
  caseVersion: number;
  at: Date;
}

export async function insertDecision(tx: Tx, row: DecisionRow): Promise<void> {
  await tx('case_decisions').insert({
    id: row.id,
    case_id: row.caseId,
    officer_id: row.officerId,
    policy: row.policy,
    kind: row.kind,
    reason: row.reason,
    outcome: row.outcome,
    note: row.note,
    told: row.told,
    case_version: row.caseVersion,
    at: row.at,
  });
}

export async function listDecisions(db: Db | Tx, caseId: CaseId): Promise<DecisionRow[]> {
  const rows = await db('case_decisions')
    .where({ case_id: caseId })
    .orderBy('at')
    .select(
      'id',
      'case_id',
      'officer_id',
      'policy',
      'kind',
      'reason',
      'outcome',
      'note',
      'told',
      'case_version',
      'at',
    );
  return rows.map((row: Record<string, unknown>) => ({
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    officerId: row.officer_id as OfficerId | null,
    policy: row.policy as string | null,
    kind: row.kind as DecisionKind,
    reason: row.reason as DecisionRow['reason'],
    outcome: row.outcome as DecisionOutcome,
    note: row.note as Buffer | null,
    told: row.told as Buffer | null,
    caseVersion: row.case_version as number,
    at: row.at as Date,
  }));
}
