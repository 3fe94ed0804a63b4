import type { Db, Tx } from '../lib/database.ts';
import type { DataKeyId, RowId } from '../lib/ids.ts';
import type { Lang } from '../../views/ui.ts';

/** Somebody on the way to an account. `address` is encrypted under `dataKeyId`, the account's key to be. */
export interface Registration {
  id: RowId;
  tokenDigest: Buffer;
  dataKeyId: DataKeyId;
  address: Buffer;
  addressKey: Buffer;
  userHandle: Buffer;
  addressKnown: boolean;
  lang: Lang;
  returnTo: string;
  codeHash: string;
  triesLeft: number;
  codeExpiresAt: Date;
  confirmedAt: Date | null;
  createdAt: Date;
  expiresAt: Date;
}

const COLUMNS = [
  'id',
  'token_digest',
  'data_key_id',
  'address',
  'address_key',
  'user_handle',
  'address_known',
  'lang',
  'return_to',
  'code_hash',
  'tries_left',
  'code_expires_at',
  'confirmed_at',
  'created_at',
  'expires_at',
] as const;

function toRegistration(row: Record<string, unknown>): Registration {
  return {
    id: row.id as RowId,
    tokenDigest: row.token_digest as Buffer,
    dataKeyId: row.data_key_id as DataKeyId,
    address: row.address as Buffer,
    addressKey: row.address_key as Buffer,
    userHandle: row.user_handle as Buffer,
    addressKnown: row.address_known as boolean,
    lang: row.lang as Lang,
    returnTo: row.return_to as string,
    codeHash: row.code_hash as string,
    triesLeft: row.tries_left as number,
    codeExpiresAt: row.code_expires_at as Date,
    confirmedAt: row.confirmed_at as Date | null,
    createdAt: row.created_at as Date,
    expiresAt: row.expires_at as Date,
  };
}

export async function insertRegistration(tx: Tx, registration: Registration): Promise<void> {
  await tx('pending_registrations').insert({
    id: registration.id,
    token_digest: registration.tokenDigest,
    data_key_id: registration.dataKeyId,
    address: registration.address,
    address_key: registration.addressKey,
    user_handle: registration.userHandle,
    address_known: registration.addressKnown,
    lang: registration.lang,
    return_to: registration.returnTo,
    code_hash: registration.codeHash,
    tries_left: registration.triesLeft,
    code_expires_at: registration.codeExpiresAt,
    confirmed_at: registration.confirmedAt,
    created_at: registration.createdAt,
    expires_at: registration.expiresAt,
  });
}

export async function findRegistration(
  db: Db | Tx,
  tokenDigest: Buffer,
  now: Date,
): Promise<Registration | null> {
  const row = await db('pending_registrations')
    .where({ token_digest: tokenDigest })
    .where('expires_at', '>', now)
    .first(...COLUMNS);
  return row ? toRegistration(row as Record<string, unknown>) : null;
}

/** Takes one try from the code while there are any; false where it expired, was used or has none left. */
export async function takeTry(db: Db, id: RowId, now: Date): Promise<boolean> {
  const count = await db('pending_registrations')
    .where({ id })
    .whereNull('confirmed_at')
    .where('tries_left', '>', 0)
    .where('code_expires_at', '>', now)
    .decrement('tries_left', 1);
  return count > 0;
}

/** The code came back: it is good no more. */
export async function confirmRegistration(db: Db, id: RowId, at: Date): Promise<boolean> {
  const count = await db('pending_registrations')
    .where({ id, address_known: false })
    .whereNull('confirmed_at')
    .update({ confirmed_at: at, tries_left: 0 });
  return count > 0;
}

/** Takes a confirmed registration away to make its account: true for one caller only. */
export async function deleteConfirmedRegistration(tx: Tx, id: RowId): Promise<boolean> {
  const count = await tx('pending_registrations')
    .where({ id })
    .whereNotNull('confirmed_at')
    .delete();
  return count > 0;
}

/** Takes an expired registration away; gives its key to destroy. */
export async function deleteExpiredRegistration(
  tx: Tx,
  id: RowId,
  now: Date,
): Promise<DataKeyId | null> {
  const [row] = await tx('pending_registrations')
    .where({ id })
    .where('expires_at', '<=', now)
    .delete()
    .returning<{ data_key_id: DataKeyId }[]>('data_key_id');
  return row?.data_key_id ?? null;
}
