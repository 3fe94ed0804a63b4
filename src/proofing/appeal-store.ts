import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, CaseId, DataKeyId, OfficerId, RowId } from '../lib/ids.ts';

export type AppealOutcome = 'upheld' | 'dismissed';

/** An appeal against a refusal. */
export interface Appeal {
  id: RowId;
  caseId: CaseId;
  accountId: AccountId;
  dataKeyId: DataKeyId;
  /** Encrypted. */
  statement: Buffer;
  filedAt: Date;
  dueAt: Date;
  decided: {
    at: Date;
    by: OfficerId;
    outcome: AppealOutcome;
    /** Encrypted. */
    reasons: Buffer;
    holderVerified: boolean;
  } | null;
}

const COLUMNS = [
  'id',
  'case_id',
  'account_id',
  'data_key_id',
  'statement',
  'filed_at',
  'due_at',
  'decided_at',
  'decided_by',
  'outcome',
  'reasons',
  'holder_verified',
] as const;

export async function insertAppeal(tx: Tx, appeal: Omit<Appeal, 'decided'>): Promise<void> {
  await tx('appeals').insert({
    id: appeal.id,
    case_id: appeal.caseId,
    account_id: appeal.accountId,
    data_key_id: appeal.dataKeyId,
    statement: appeal.statement,
    filed_at: appeal.filedAt,
    due_at: appeal.dueAt,
  });
}

export async function findAppeal(
  db: Db | Tx,
  by: { id: RowId } | { caseId: CaseId },
): Promise<Appeal | null> {
  const row = await db('appeals')
    .where('id' in by ? { id: by.id } : { case_id: by.caseId })
    .first(...COLUMNS);
  return row ? toAppeal(row as Record<string, unknown>) : null;
}

export async function lockAppeal(tx: Tx, id: RowId): Promise<Appeal | null> {
  const row = await tx('appeals')
    .where({ id })
    .forUpdate()
    .first(...COLUMNS);
  return row ? toAppeal(row as Record<string, unknown>) : null;
}

/** Appeals that wait, the most urgent first. */
export async function listOpenAppeals(db: Db, limit: number): Promise<Appeal[]> {
  const rows = await db('appeals')
    .whereNull('decided_at')
    .orderBy([{ column: 'due_at' }, { column: 'id' }])
    .limit(limit)
    .select(...COLUMNS);
  return rows.map((row: Record<string, unknown>) => toAppeal(row));
}

export async function settleAppeal(
  tx: Tx,
  id: RowId,
  decided: NonNullable<Appeal['decided']>,
): Promise<boolean> {
  const rows = await tx('appeals').where({ id }).whereNull('decided_at').update({
    decided_at: decided.at,
    decided_by: decided.by,
    outcome: decided.outcome,
    reasons: decided.reasons,
    holder_verified: decided.holderVerified,
  });
  return rows === 1;
}

function toAppeal(row: Record<string, unknown>): Appeal {
  return {
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    accountId: row.account_id as AccountId,
    dataKeyId: row.data_key_id as DataKeyId,
    statement: row.statement as Buffer,
    filedAt: row.filed_at as Date,
    dueAt: row.due_at as Date,
    decided: row.decided_at
      ? {
          at: row.decided_at as Date,
          by: row.decided_by as OfficerId,
          outcome: row.outcome as AppealOutcome,
          reasons: row.reasons as Buffer,
          holderVerified: row.holder_verified as boolean,
        }
      : null,
  };
}
