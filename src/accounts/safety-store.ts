import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PasskeyId, RowId } from '../lib/ids.ts';

export interface FreezeLink {
  tokenDigest: Buffer;
  accountId: AccountId;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertFreezeLink(tx: Tx, link: FreezeLink): Promise<void> {
  await tx('freeze_links').insert({
    token_digest: link.tokenDigest,
    account_id: link.accountId,
    created_at: link.createdAt,
    expires_at: link.expiresAt,
  });
}

export async function findFreezeLink(
  db: Db | Tx,
  tokenDigest: Buffer,
): Promise<{ accountId: AccountId; expiresAt: Date } | null> {
  const row = await db('freeze_links')
    .where({ token_digest: tokenDigest })
    .first<Record<string, unknown> | undefined>('account_id', 'expires_at');
  if (!row) return null;
  return { accountId: row.account_id as AccountId, expiresAt: row.expires_at as Date };
}

export async function markFreezeLinkUsed(tx: Tx, tokenDigest: Buffer, at: Date): Promise<void> {
  await tx('freeze_links')
    .where({ token_digest: tokenDigest })
    .whereNull('used_at')
    .update({ used_at: at });
}

/** Saves the account's one recovery code; an earlier one is no longer good. */
export async function replaceRecoveryCode(
  tx: Tx,
  code: { accountId: AccountId; codeHash: string; at: Date },
): Promise<void> {
  await tx('recovery_codes')
    .insert({ account_id: code.accountId, code_hash: code.codeHash, created_at: code.at })
    .onConflict('account_id')
    .merge();
}

export async function findRecoveryCode(
  db: Db | Tx,
  accountId: AccountId,
): Promise<{ codeHash: string; createdAt: Date } | null> {
  const row = await db('recovery_codes')
    .where({ account_id: accountId })
    .first<Record<string, unknown> | undefined>('code_hash', 'created_at');
  return row ? { codeHash: row.code_hash as string, createdAt: row.created_at as Date } : null;
}

/** Forgets the recovery code of an account, whatever it is. */
export async function forgetRecoveryCode(tx: Tx, accountId: AccountId): Promise<void> {
  await tx('recovery_codes').where({ account_id: accountId }).delete();
}

/** Uses the code up; false where somebody else just did, or it was replaced. */
export async function deleteRecoveryCode(
  tx: Tx,
  accountId: AccountId,
  codeHash: string,
): Promise<boolean> {
  const count = await tx('recovery_codes')
    .where({ account_id: accountId, code_hash: codeHash })
    .delete();
  return count > 0;
}

/** A change that waits for its 72 hours. */
export type AccountChange = {
  id: RowId;
  accountId: AccountId;
  createdAt: Date;
  takesEffectAt: Date;
  expiresAt: Date;
} & ({ kind: 'remove_passkey'; passkeyId: PasskeyId } | { kind: 'recover'; tokenDigest: Buffer });

const CHANGE_COLUMNS = [
  'id',
  'account_id',
  'kind',
  'passkey_id',
  'token_digest',
  'created_at',
  'takes_effect_at',
  'expires_at',
] as const;

function toChange(row: Record<string, unknown>): AccountChange {
  const common = {
    id: row.id as RowId,
    accountId: row.account_id as AccountId,
    createdAt: row.created_at as Date,
    takesEffectAt: row.takes_effect_at as Date,
    expiresAt: row.expires_at as Date,
  };
  return row.kind === 'recover'
    ? { ...common, kind: 'recover', tokenDigest: row.token_digest as Buffer }
    : { ...common, kind: 'remove_passkey', passkeyId: row.passkey_id as PasskeyId };
}

export async function insertChange(tx: Tx, change: AccountChange): Promise<void> {
  await tx('account_changes').insert({
    id: change.id,
    account_id: change.accountId,
    kind: change.kind,
    passkey_id: change.kind === 'remove_passkey' ? change.passkeyId : null,
    token_digest: change.kind === 'recover' ? change.tokenDigest : null,
    state: 'waiting',
    created_at: change.createdAt,
    takes_effect_at: change.takesEffectAt,
    expires_at: change.expiresAt,
  });
}

/** The changes of an account that still wait, oldest first. */
export async function listWaitingChanges(
  db: Db | Tx,
  accountId: AccountId,
  now: Date,
): Promise<AccountChange[]> {
  const rows = await db('account_changes')
    .where({ account_id: accountId, state: 'waiting' })
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .select<Record<string, unknown>[]>(...CHANGE_COLUMNS);
  return rows.map(toChange);
}

export async function findWaitingChange(
  db: Db | Tx,
  where: { id: RowId } | { token_digest: Buffer },
): Promise<AccountChange | null> {
  const row = await db('account_changes')
    .where({ ...where, state: 'waiting' })
    .first<Record<string, unknown> | undefined>(...CHANGE_COLUMNS);
  return row ? toChange(row) : null;
}

/** Ends a change that waits; false where it was ended already. */
export async function settleChange(
  tx: Tx,
  id: RowId,
  outcome: { state: 'done' | 'cancelled'; at: Date },
): Promise<boolean> {
  const count = await tx('account_changes')
    .where({ id, state: 'waiting' })
    .update({ state: outcome.state, settled_at: outcome.at });
  return count > 0;
}

/** When a recovery of the account last came to its end with a new passkey. */
export async function findRecoveryEnd(db: Db | Tx, accountId: AccountId): Promise<Date | null> {
  const row = await db('account_changes')
    .where({ account_id: accountId, kind: 'recover', state: 'done' })
    .orderBy('settled_at', 'desc')
    .first<{ settled_at: Date } | undefined>('settled_at');
  return row?.settled_at ?? null;
}

/** Ends what was never finished in time, so that the same may be asked for again. */
export async function cancelExpiredChanges(tx: Tx, accountId: AccountId, now: Date): Promise<void> {
  await tx('account_changes')
    .where({ account_id: accountId, state: 'waiting' })
    .where('expires_at', '<=', now)
    .update({ state: 'cancelled', settled_at: now });
}
