import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, RowId } from '../lib/ids.ts';

export interface RegisterCode {
  id: RowId;
  caseId: CaseId;
  /** Null: there was no address to send one to, and nothing that is typed will do. */
  hash: string | null;
  tries: number;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
}

const COLUMNS = ['id', 'case_id', 'hash', 'tries', 'created_at', 'expires_at', 'ended_at'] as const;

export async function insertRegisterCode(
  tx: Tx,
  code: Omit<RegisterCode, 'tries' | 'endedAt'>,
): Promise<void> {
  await tx('register_codes').insert({
    id: code.id,
    case_id: code.caseId,
    hash: code.hash,
    tries: 0,
    created_at: code.createdAt,
    expires_at: code.expiresAt,
  });
}

/** The code of a case that has not ended; it may have run out. */
export async function findLiveCode(db: Db | Tx, caseId: CaseId): Promise<RegisterCode | null> {
  const row = await db('register_codes')
    .where({ case_id: caseId })
    .whereNull('ended_at')
    .first(...COLUMNS);
  return row ? toCode(row as Record<string, unknown>) : null;
}

export async function endCodes(tx: Tx, caseId: CaseId, at: Date): Promise<void> {
  await tx('register_codes')
    .where({ case_id: caseId })
    .whereNull('ended_at')
    .update({ ended_at: at });
}

/** Counts a wrong try; the last one allowed ends the code. Gives how many there were. */
export async function countTry(
  tx: Tx,
  given: { id: RowId; most: number; at: Date },
): Promise<number> {
  const rows = await tx('register_codes')
    .where({ id: given.id })
    .whereNull('ended_at')
    .update({
      tries: tx.raw('tries + 1'),
      ended_at: tx.raw('case when tries + 1 >= ? then ?::timestamptz end', [given.most, given.at]),
    })
    .returning('tries');
  return (rows[0] as { tries: number } | undefined)?.tries ?? given.most;
}

function toCode(row: Record<string, unknown>): RegisterCode {
  return {
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    hash: row.hash as string | null,
    tries: row.tries as number,
    createdAt: row.created_at as Date,
    expiresAt: row.expires_at as Date,
    endedAt: row.ended_at as Date | null,
  };
}
