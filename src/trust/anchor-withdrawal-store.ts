import type { Db, Tx } from '../lib/database.ts';
import type { OfficerId, RowId } from '../lib/ids.ts';
import type { WithdrawalReason } from './anchor-reasons.ts';

export interface NewWithdrawalRow {
  id: RowId;
  /** Of the anchor. */
  sha256: Buffer;
  reason: WithdrawalReason;
  proposedBy: OfficerId;
  proposedAt: Date;
}

/** False where the same anchor's withdrawal is proposed already and not decided. */
export async function insertWithdrawal(tx: Tx, row: NewWithdrawalRow): Promise<boolean> {
  const inserted = await tx('anchor_withdrawals')
    .insert({
      id: row.id,
      sha256: row.sha256,
      reason: row.reason,
      state: 'proposed',
      proposed_by: row.proposedBy,
      proposed_at: row.proposedAt,
    })
    .onConflict(tx.raw("(sha256) where state = 'proposed'"))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

export interface AnchorWithdrawal extends NewWithdrawalRow {
  state: 'proposed' | 'confirmed' | 'rejected';
}

const WITHDRAWAL = {
  id: 'id',
  sha256: 'sha256',
  reason: 'reason',
  proposedBy: 'proposed_by',
  proposedAt: 'proposed_at',
  state: 'state',
};

/** Held until the transaction ends: of two who decide at once, the second sees the first one's word. */
export async function holdWithdrawal(tx: Tx, id: RowId): Promise<AnchorWithdrawal | null> {
  const [row] = await tx('anchor_withdrawals')
    .where({ id })
    .select<AnchorWithdrawal[]>(WITHDRAWAL)
    .forUpdate();
  return row ?? null;
}

/** Undecided ones, oldest first. */
export async function openWithdrawals(db: Db | Tx): Promise<AnchorWithdrawal[]> {
  return db('anchor_withdrawals')
    .where({ state: 'proposed' })
    .select<AnchorWithdrawal[]>(WITHDRAWAL)
    .orderBy(['proposed_at', 'id']);
}

export type WithdrawalDecision = { id: RowId; decidedBy: OfficerId; decidedAt: Date } & (
  | { state: 'confirmed'; version: number }
  | { state: 'rejected' }
);

export async function recordWithdrawalDecision(
  tx: Tx,
  decision: WithdrawalDecision,
): Promise<void> {
  await tx('anchor_withdrawals')
    .where({ id: decision.id, state: 'proposed' })
    .update({
      state: decision.state,
      decided_by: decision.decidedBy,
      decided_at: decision.decidedAt,
      ...(decision.state === 'confirmed' ? { version: decision.version } : {}),
    });
}
