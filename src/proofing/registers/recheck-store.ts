import type { Tx } from '../../lib/database.ts';
import type { CaseId, RowId } from '../../lib/ids.ts';

/** `stands`: every register said what is on file. `changed`: one says something else. `silent`: one said nothing. */
export type RecheckOutcome = 'stands' | 'changed' | 'silent';

export interface RecheckRow {
  id: RowId;
  caseId: CaseId;
  /** The answer on file that it was compared with. */
  examinationId: RowId;
  outcome: RecheckOutcome;
  reason: string | null;
  askedAt: Date;
}

export async function insertRecheck(tx: Tx, row: RecheckRow): Promise<void> {
  await tx('register_rechecks').insert({
    id: row.id,
    case_id: row.caseId,
    examination_id: row.examinationId,
    outcome: row.outcome,
    reason: row.reason,
    asked_at: row.askedAt,
  });
}

/** The last comparison with this answer on file, whoever asked for it. */
export async function findLatestRecheck(
  tx: Tx,
  of: { caseId: CaseId; examinationId: RowId },
): Promise<RecheckRow | null> {
  const row = await tx('register_rechecks')
    .where({ case_id: of.caseId, examination_id: of.examinationId })
    .orderBy([
      { column: 'asked_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first('id', 'case_id', 'examination_id', 'outcome', 'reason', 'asked_at');
  return row
    ? {
        id: row.id as RowId,
        caseId: row.case_id as CaseId,
        examinationId: row.examination_id as RowId,
        outcome: row.outcome as RecheckOutcome,
        reason: row.reason as string | null,
        askedAt: row.asked_at as Date,
      }
    : null;
}
