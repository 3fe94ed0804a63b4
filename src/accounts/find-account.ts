import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import type { App } from '../lib/app.ts';
import { findAccountByAddressKey, findAccountRow } from './account-store.ts';
import type { Account } from './account-store.ts';
import { addressKeyOf } from './contact-address.ts';

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

/** The account that confirmed this address, or null. Never told to whoever asks: an address proves nothing. */
export async function findAccountByAddress(
  db: Db | Tx,
  app: Pick<App, 'blindIndex'>,
  address: string,
): Promise<AccountId | null> {
  return (await findAccountByAddressKey(db, addressKeyOf(app, address)))?.id ?? null;
}
