import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, OfficerId } from '../lib/ids.ts';

export async function insertOfficerAccount(
  tx: Tx,
  row: { accountId: AccountId; officerId: OfficerId; at: Date },
): Promise<void> {
  await tx('officer_accounts')
    .insert({ account_id: row.accountId, officer_id: row.officerId, declared_at: row.at })
    .onConflict('account_id')
    .ignore();
}

export async function existsOfficerAccount(
  db: Db | Tx,
  officerId: OfficerId,
  accountId: AccountId,
): Promise<boolean> {
  const row = await db('officer_accounts')
    .where({ officer_id: officerId, account_id: accountId })
    .first('account_id');
  return row !== undefined;
}

export async function listOfficerAccounts(
  db: Db | Tx,
  officerId: OfficerId,
): Promise<{ accountId: AccountId; declaredAt: Date }[]> {
  const rows = await db('officer_accounts')
    .where({ officer_id: officerId })
    .orderBy('declared_at')
    .select('account_id', 'declared_at');
  return rows.map((row: { account_id: AccountId; declared_at: Date }) => ({
    accountId: row.account_id,
    declaredAt: row.declared_at,
  }));
}
