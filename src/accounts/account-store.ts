import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, DataKeyId, RowId } from '../lib/ids.ts';
import type { Lang } from '../../views/ui.ts';

export type AccountKind = 'subscriber' | 'officer';
export type AccountState = 'active' | 'blocked' | 'closed';

export interface Account {
  id: AccountId;
  kind: AccountKind;
  state: AccountState;
  dataKeyId: DataKeyId;
  /** WebAuthn user handle: random, tells nothing (WebAuthn §14.6.1). */
  userHandle: Buffer;
  /** Encrypted name of an officer. */
  displayName: Buffer | null;
  lang: Lang;
  /** Consecutive wrong recovery codes. */
  failedAttempts: number;
  createdAt: Date;
}

/** An address that its owner confirmed; `address` is encrypted under the account's key. */
export interface ContactRow {
  id: RowId;
  accountId: AccountId;
  address: Buffer;
  addressKey: Buffer;
  confirmedAt: Date;
}

const COLUMNS = [
  'accounts.id',
  'accounts.kind',
  'accounts.state',
  'accounts.data_key_id',
  'accounts.user_handle',
  'accounts.display_name',
  'accounts.lang',
  'accounts.failed_attempts',
  'accounts.created_at',
] as const;

function toAccount(row: Record<string, unknown>): Account {
  return {
    id: row.id as AccountId,
    kind: row.kind as AccountKind,
    state: row.state as AccountState,
    dataKeyId: row.data_key_id as DataKeyId,
    userHandle: row.user_handle as Buffer,
    displayName: row.display_name as Buffer | null,
    lang: row.lang as Lang,
    failedAttempts: row.failed_attempts as number,
    createdAt: row.created_at as Date,
  };
}

export async function insertAccount(tx: Tx, account: Account): Promise<void> {
  await tx('accounts').insert({
    id: account.id,
    kind: account.kind,
    state: account.state,
    data_key_id: account.dataKeyId,
    user_handle: account.userHandle,
    display_name: account.displayName,
    lang: account.lang,
    failed_attempts: account.failedAttempts,
    created_at: account.createdAt,
  });
}

export async function findAccountRow(db: Db | Tx, id: AccountId): Promise<Account | null> {
  const row = await db('accounts')
    .where({ id })
    .first(...COLUMNS);
  return row ? toAccount(row as Record<string, unknown>) : null;
}

/** As `findAccountRow`, but nobody else changes the account until the transaction ends. */
export async function lockAccount(tx: Tx, id: AccountId): Promise<Account | null> {
  const row = await tx('accounts')
    .where({ id })
    .forUpdate()
    .first(...COLUMNS);
  return row ? toAccount(row as Record<string, unknown>) : null;
}

export async function findAccountByAddressKey(
  db: Db | Tx,
  addressKey: Buffer,
): Promise<Account | null> {
  const row = await db('accounts')
    .join('contact_addresses', 'contact_addresses.account_id', 'accounts.id')
    .where('contact_addresses.address_key', addressKey)
    .first(...COLUMNS);
  return row ? toAccount(row as Record<string, unknown>) : null;
}

/** The language that the holder used last: notices are written in it. */
export async function updateAccountLang(db: Db | Tx, id: AccountId, lang: Lang): Promise<void> {
  await db('accounts').where({ id }).whereNot({ lang }).update({ lang });
}

/** Counts one more wrong secret and gives how many there were in a row. */
export async function countFailedAttempt(tx: Tx, id: AccountId): Promise<number> {
  const [row] = await tx('accounts')
    .where({ id })
    .increment('failed_attempts', 1)
    .returning<{ failed_attempts: number }[]>('failed_attempts');
  return row?.failed_attempts ?? 0;
}

export async function clearFailedAttempts(tx: Tx, id: AccountId): Promise<void> {
  await tx('accounts').where({ id }).where('failed_attempts', '>', 0).update({
    failed_attempts: 0,
  });
}

/** Closes an account for good, and forgets its addresses. */
export async function closeAccount(tx: Tx, id: AccountId): Promise<void> {
  await tx('accounts').where({ id }).update({ state: 'closed' });
  await tx('contact_addresses').where({ account_id: id }).delete();
}

export async function insertContact(tx: Tx, row: ContactRow): Promise<void> {
  await tx('contact_addresses').insert({
    id: row.id,
    account_id: row.accountId,
    kind: 'email',
    address: row.address,
    address_key: row.addressKey,
    confirmed_at: row.confirmedAt,
  });
}

/** The oldest address of an account with its key, in one query; null where there is none, or the account was erased. */
export async function findFirstContact(
  db: Db | Tx,
  accountId: AccountId,
): Promise<{ id: RowId; address: Buffer; dataKeyId: DataKeyId; wrappedKey: Buffer } | null> {
  const row = await db('contact_addresses as c')
    .join('accounts as a', 'a.id', 'c.account_id')
    .join('data_keys as k', 'k.id', 'a.data_key_id')
    .where('c.account_id', accountId)
    .whereNotNull('k.wrapped_key')
    .orderBy('c.confirmed_at')
    .first<Record<string, unknown> | undefined>(
      'c.id',
      'c.address',
      'a.data_key_id',
      'k.wrapped_key',
    );
  if (!row) return null;
  return {
    id: row.id as RowId,
    address: row.address as Buffer,
    dataKeyId: row.data_key_id as DataKeyId,
    wrappedKey: row.wrapped_key as Buffer,
  };
}

export async function listContactRows(db: Db | Tx, accountId: AccountId): Promise<ContactRow[]> {
  const rows = await db('contact_addresses')
    .where({ account_id: accountId })
    .orderBy('confirmed_at')
    .select<Record<string, unknown>[]>(
      'id',
      'account_id',
      'address',
      'address_key',
      'confirmed_at',
    );
  return rows.map((row) => ({
    id: row.id as RowId,
    accountId: row.account_id as AccountId,
    address: row.address as Buffer,
    addressKey: row.address_key as Buffer,
    confirmedAt: row.confirmed_at as Date,
  }));
}

/** The addresses of many accounts, oldest first, each with its account's language and key. */
export async function listContactsOf(
  db: Db | Tx,
  accountIds: readonly AccountId[],
): Promise<Map<AccountId, ContactWithKey[]>> {
  const rows = await db('contact_addresses as c')
    .join('accounts as a', 'a.id', 'c.account_id')
    .join('data_keys as k', 'k.id', 'a.data_key_id')
    .whereIn('c.account_id', [...accountIds])
    .whereNotNull('k.wrapped_key')
    .orderBy('c.confirmed_at')
    .select<Record<string, unknown>[]>(
      'c.id',
      'c.account_id',
      'c.address',
      'a.lang',
      'a.data_key_id',
      'k.wrapped_key',
    );
  const found = new Map<AccountId, ContactWithKey[]>();
  for (const row of rows) {
    const accountId = row.account_id as AccountId;
    const known = found.get(accountId) ?? [];
    known.push({
      id: row.id as RowId,
      address: row.address as Buffer,
      lang: row.lang as Lang,
      dataKeyId: row.data_key_id as DataKeyId,
      wrappedKey: row.wrapped_key as Buffer,
    });
    found.set(accountId, known);
  }
  return found;
}

export interface ContactWithKey extends Pick<ContactRow, 'id' | 'address'> {
  lang: Lang;
  dataKeyId: DataKeyId;
  wrappedKey: Buffer;
}
