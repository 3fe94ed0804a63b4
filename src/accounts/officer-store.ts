import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, DataKeyId, OfficerId, RowId } from '../lib/ids.ts';

export const OFFICER_ROLES = [
  'officer',
  'supervisor',
  'registrar',
  'client_manager',
  'auditor',
  'security_officer',
] as const;
export type OfficerRole = (typeof OFFICER_ROLES)[number];

export async function insertOfficerRole(
  tx: Tx,
  grant: { accountId: AccountId; role: OfficerRole; at: Date },
): Promise<void> {
  await tx('officer_roles')
    .insert({ account_id: grant.accountId, role: grant.role, granted_at: grant.at })
    .onConflict(['account_id', 'role'])
    .ignore();
}

/** The roles of an officer whose account is active, with what their name is encrypted under; null otherwise. */
export async function findActiveOfficer(
  db: Db | Tx,
  accountId: AccountId,
): Promise<{ dataKeyId: DataKeyId; displayName: Buffer | null; roles: OfficerRole[] } | null> {
  const rows = await db('accounts')
    .leftJoin('officer_roles', 'officer_roles.account_id', 'accounts.id')
    .where({ 'accounts.id': accountId, 'accounts.kind': 'officer', 'accounts.state': 'active' })
    .orderBy('officer_roles.role')
    .select<{ data_key_id: DataKeyId; display_name: Buffer | null; role: OfficerRole | null }[]>(
      'accounts.data_key_id',
      'accounts.display_name',
      'officer_roles.role',
    );
  const [first] = rows;
  if (!first) return null;
  return {
    dataKeyId: first.data_key_id,
    displayName: first.display_name,
    roles: rows.flatMap(({ role }) => (role ? [role] : [])),
  };
}

/** A single-use link by which an officer registers their first passkey. */
export interface Invitation {
  id: RowId;
  tokenDigest: Buffer;
  accountId: AccountId;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertInvitation(tx: Tx, invitation: Invitation): Promise<void> {
  await tx('officer_invitations').insert({
    id: invitation.id,
    token_digest: invitation.tokenDigest,
    account_id: invitation.accountId,
    created_at: invitation.createdAt,
    expires_at: invitation.expiresAt,
  });
}

/** An invitation that was neither used nor has expired. */
export async function findInvitation(
  db: Db | Tx,
  tokenDigest: Buffer,
  now: Date,
): Promise<{ id: RowId; accountId: AccountId } | null> {
  const row = await db('officer_invitations')
    .where({ token_digest: tokenDigest })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .first<Record<string, unknown> | undefined>('id', 'account_id');
  return row ? { id: row.id as RowId, accountId: row.account_id as AccountId } : null;
}

/** Ends every invitation of an officer that was not used: an older link is worth nothing beside a newer one. */
export async function endInvitations(tx: Tx, accountId: AccountId, now: Date): Promise<void> {
  await tx('officer_invitations')
    .where({ account_id: accountId })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .update({ expires_at: now });
}

/** Uses an invitation up: true once. */
export async function useInvitation(tx: Tx, id: RowId, now: Date): Promise<boolean> {
  const count = await tx('officer_invitations')
    .where({ id })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .update({ used_at: now });
  return count > 0;
}

export async function listOfficersWithRole(
  db: Db | Tx,
  roles: readonly OfficerRole[],
): Promise<OfficerId[]> {
  const rows = await db('accounts')
    .join('officer_roles', 'officer_roles.account_id', 'accounts.id')
    .where({ 'accounts.kind': 'officer', 'accounts.state': 'active' })
    .whereIn('officer_roles.role', [...roles])
    .distinct('accounts.id')
    .orderBy('accounts.id');
  return rows.map(({ id }) => id as OfficerId);
}

/** Every officer's account that may sign in, and whether it has a passkey yet. */
export async function listActiveOfficers(
  db: Db | Tx,
): Promise<{ accountId: AccountId; hasPasskey: boolean }[]> {
  const rows = await db('accounts')
    .leftJoin('passkeys', (join) =>
      join.on('passkeys.account_id', 'accounts.id').onNull('passkeys.removed_at'),
    )
    .where({ 'accounts.kind': 'officer', 'accounts.state': 'active' })
    .groupBy('accounts.id', 'accounts.created_at')
    .orderBy('accounts.created_at')
    .select('accounts.id')
    .count('passkeys.id as passkeys');
  return rows.map(({ id, passkeys }) => ({
    accountId: id as AccountId,
    hasPasskey: Number(passkeys) > 0,
  }));
}
