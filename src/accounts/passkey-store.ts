import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PasskeyId } from '../lib/ids.ts';

/** A WebAuthn credential. `label` is encrypted under the account's key. */
export interface Passkey {
  id: PasskeyId;
  accountId: AccountId;
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  aaguid: string;
  backupEligible: boolean;
  backedUp: boolean;
  label: Buffer;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const COLUMNS = [
  'id',
  'account_id',
  'credential_id',
  'public_key',
  'counter',
  'transports',
  'aaguid',
  'backup_eligible',
  'backed_up',
  'label',
  'created_at',
  'last_used_at',
] as const;

function toPasskey(row: Record<string, unknown>): Passkey {
  return {
    id: row.id as PasskeyId,
    accountId: row.account_id as AccountId,
    credentialId: row.credential_id as Buffer,
    publicKey: row.public_key as Buffer,
    counter: row.counter as number,
    transports: row.transports as string[],
    aaguid: row.aaguid as string,
    backupEligible: row.backup_eligible as boolean,
    backedUp: row.backed_up as boolean,
    label: row.label as Buffer,
    createdAt: row.created_at as Date,
    lastUsedAt: row.last_used_at as Date | null,
  };
}

/** False where the credential is registered already (WebAuthn §7.1 step 26). */
export async function insertPasskey(tx: Tx, passkey: Passkey): Promise<boolean> {
  const rows = (await tx('passkeys')
    .insert({
      id: passkey.id,
      account_id: passkey.accountId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: passkey.transports,
      aaguid: passkey.aaguid,
      backup_eligible: passkey.backupEligible,
      backed_up: passkey.backedUp,
      label: passkey.label,
      created_at: passkey.createdAt,
      last_used_at: passkey.lastUsedAt,
    })
    .onConflict('credential_id')
    .ignore()
    .returning('id')) as unknown[];
  return rows.length > 0;
}

/** The passkey of a credential id, removed ones left out. */
export async function findPasskeyByCredential(
  db: Db | Tx,
  credentialId: Buffer,
): Promise<Passkey | null> {
  const row = await db('passkeys')
    .where({ credential_id: credentialId })
    .whereNull('removed_at')
    .first(...COLUMNS);
  return row ? toPasskey(row as Record<string, unknown>) : null;
}

/** The passkeys of an account, oldest first, removed ones left out. */
export async function listPasskeyRows(db: Db | Tx, accountId: AccountId): Promise<Passkey[]> {
  const rows = await db('passkeys')
    .where({ account_id: accountId })
    .whereNull('removed_at')
    .orderBy('created_at')
    .select<Record<string, unknown>[]>(...COLUMNS);
  return rows.map(toPasskey);
}

/**
 * Records a use, if its counter is above the stored one, or both are zero for ever as synced passkeys have it
 * (WebAuthn §7.2 step 25). One statement, so that of two uses of one counter only one passes. False otherwise.
 */
export async function recordPasskeyUse(
  tx: Tx,
  use: { id: PasskeyId; counter: number; backedUp: boolean; at: Date },
): Promise<boolean> {
  const count = await tx('passkeys')
    .where({ id: use.id })
    .whereNull('removed_at')
    .where((row) => {
      void row.where('counter', '<', use.counter);
      if (use.counter === 0) void row.orWhere({ counter: 0 });
    })
    .update({ counter: use.counter, backed_up: use.backedUp, last_used_at: use.at });
  return count > 0;
}

/** When any passkey of an account was used last, removed ones too; null for never. */
export async function findLastPasskeyUse(db: Db | Tx, accountId: AccountId): Promise<Date | null> {
  const row = await db('passkeys')
    .where({ account_id: accountId })
    .max('last_used_at as last_used_at')
    .first();
  return (row?.last_used_at as Date | null | undefined) ?? null;
}

export async function updatePasskeyLabel(tx: Tx, id: PasskeyId, label: Buffer): Promise<void> {
  await tx('passkeys').where({ id }).update({ label });
}

/** Takes a passkey away; the row stays for the audit trail. False where it was away already. */
export async function markPasskeyRemoved(tx: Tx, id: PasskeyId, at: Date): Promise<boolean> {
  const count = await tx('passkeys')
    .where({ id })
    .whereNull('removed_at')
    .update({ removed_at: at });
  return count > 0;
}
