import type { Tx } from '../lib/database.ts';
import type { AccountId, OfficerId, RowId } from '../lib/ids.ts';

export interface CounterCode {
  id: RowId;
  accountId: AccountId;
  /** A guardian who showed it for a child. */
  madeBy: AccountId | null;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertCounterCode(
  tx: Tx,
  code: CounterCode & { digest: Buffer },
): Promise<void> {
  await tx('counter_codes').insert({
    id: code.id,
    account_id: code.accountId,
    made_by: code.madeBy,
    digest: code.digest,
    created_at: code.createdAt,
    expires_at: code.expiresAt,
  });
}

export async function endCounterCodes(tx: Tx, accountId: AccountId, at: Date): Promise<void> {
  await tx('counter_codes')
    .where({ account_id: accountId })
    .whereNull('ended_at')
    .update({ ended_at: at });
}

/** Codes that ran out keep their digits to themselves no longer: somebody else may draw them. */
export async function endExpiredCodes(tx: Tx, digest: Buffer, at: Date): Promise<void> {
  await tx('counter_codes')
    .where({ digest })
    .whereNull('ended_at')
    .where('expires_at', '<=', at)
    .update({ ended_at: at });
}

/** Marks a live code used, once; null where there is none. */
export async function useCounterCode(
  tx: Tx,
  given: { digest: Buffer; officerId: OfficerId; at: Date },
): Promise<CounterCode | null> {
  const rows = await tx('counter_codes')
    .where({ digest: given.digest })
    .whereNull('ended_at')
    .where('expires_at', '>', given.at)
    .update({ ended_at: given.at, used_by: given.officerId })
    .returning(['id', 'account_id', 'made_by', 'created_at', 'expires_at']);
  const row = rows[0] as Record<string, unknown> | undefined;
  if (!row) return null;
  return {
    id: row.id as RowId,
    accountId: row.account_id as AccountId,
    madeBy: row.made_by as AccountId | null,
    createdAt: row.created_at as Date,
    expiresAt: row.expires_at as Date,
  };
}
