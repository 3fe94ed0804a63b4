import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import type { AccountId, RowId } from '../lib/ids.ts';
import { findAccountRow, findFirstContact, listContactRows } from './account-store.ts';
import type { Account, ContactRow } from './account-store.ts';

// One @, a dot in the domain: whether it exists only the code can tell. No white space, and nothing that is not seen:
// controls end a line of a mail's head, and marks of direction make an address read as another.
const PART = String.raw`[^\s\p{C}@<>(),;:"\\[\]]`;
const EMAIL = new RegExp(`^${PART}{1,64}@${PART}+\\.${PART}{2,}$`, 'u');

/** The address that `text` spells, trimmed and in NFC, or null. At most 254 characters (RFC 5321 §4.5.3.1.3). */
export function parseEmail(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const address = text.trim().normalize('NFC');
  return address.length <= 254 && EMAIL.test(address) ? address : null;
}

/** What finds an address again: case makes no difference, for no provider tells addresses apart by it. */
export function addressKeyOf(app: Pick<App, 'blindIndex'>, address: string): Buffer {
  return app.blindIndex.of('contact-address', address.toLowerCase());
}

/** An address that can be recognised by its owner and nobody else: `a•••@example.org`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const first = String.fromCodePoint(address.codePointAt(0) ?? 0x2022);
  return `${first}•••${address.slice(at)}`;
}

/** Encrypts an address of an account. */
export function sealAddress(key: DataKey, id: RowId, address: string): Buffer {
  return key.encrypt({ table: 'contact_addresses', column: 'address', row: id }, address);
}

/** The address of a contact, opened. */
export function openAddress(key: DataKey, row: Pick<ContactRow, 'id' | 'address'>): string {
  return key.decryptText(
    { table: 'contact_addresses', column: 'address', row: row.id },
    row.address,
  );
}

/** The oldest confirmed address of an account, in one query: every page of theirs shows it. */
export async function firstAddress(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  accountId: AccountId,
): Promise<string | null> {
  const row = await findFirstContact(db, accountId);
  return row && openAddress(app.cipher.unwrap(row.dataKeyId, row.wrappedKey), row);
}

/** The confirmed addresses of an account, oldest first. Empty where the account was erased. */
export async function contactAddresses(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  account: Pick<Account, 'id' | 'dataKeyId'>,
): Promise<{ id: RowId; address: string; confirmedAt: Date }[]> {
  // One after the other: `db` may be a transaction, which has one connection.
  const rows = await listContactRows(db, account.id);
  const key = await app.cipher.findDataKey(db, account.dataKeyId);
  if (!key) return [];
  return rows.map((row) => ({
    id: row.id,
    address: openAddress(key, row),
    confirmedAt: row.confirmedAt,
  }));
}

/** The masked addresses of an account, for its own pages and the console. */
export async function contactsOf(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  accountId: AccountId,
): Promise<{ masked: string; confirmedAt: Date }[]> {
  const account = await findAccountRow(db, accountId);
  const contacts = account ? await contactAddresses(db, app, account) : [];
  return contacts.map(({ address, confirmedAt }) => ({
    masked: maskAddress(address),
    confirmedAt,
  }));
}
