import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { listPasskeyRows } from './passkey-store.ts';

/** Whether anybody can sign in with this account. Those of children and of played people have no passkey. */
export async function hasPasskey(db: Db | Tx, accountId: AccountId): Promise<boolean> {
  return (await listPasskeyRows(db, accountId)).length > 0;
}
