import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { findAccountRow } from './account-store.ts';
import type { Account } from './account-store.ts';

/** An account as later domains may know it, or null where there is none. */
export async function findAccount(
  db: Db | Tx,
  id: AccountId,
): Promise<Pick<Account, 'id' | 'kind' | 'state' | 'dataKeyId' | 'lang'> | null> {
  const account = await findAccountRow(db, id);
  if (!account) return null;
  const { kind, state, dataKeyId, lang } = account;
  return { id, kind, state, dataKeyId, lang };
}
