import type { Db, Tx } from '../lib/database.ts';
import type { AgencyId, RowId } from '../lib/ids.ts';
import type { RegistrationTerms } from './registration-token.ts';

export interface RegistrationTokenRow {
  id: RowId;
  tokenDigest: Buffer;
  agencyId: AgencyId;
  terms: RegistrationTerms;
  servicesLeft: number;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertRegistrationToken(tx: Tx, row: RegistrationTokenRow): Promise<void> {
  await tx('registration_tokens').insert({
    id: row.id,
    token_digest: row.tokenDigest,
    agency_id: row.agencyId,
    terms: JSON.stringify(row.terms),
    services_left: row.servicesLeft,
    created_at: row.createdAt,
    expires_at: row.expiresAt,
  });
}

/** Takes one use of a live token, whatever else asks at the same time; null where there is none to take. */
export async function takeRegistrationToken(
  tx: Tx,
  tokenDigest: Buffer,
  now: Date,
): Promise<{ id: RowId; terms: RegistrationTerms } | null> {
  const rows: { id: RowId; terms: RegistrationTerms }[] = await tx('registration_tokens')
    .where({ token_digest: tokenDigest })
    .where('expires_at', '>', now)
    .where('services_left', '>', 0)
    .decrement('services_left', 1)
    .returning(['id', 'terms']);
  return rows[0] ?? null;
}

/** Ties a service to the token it was registered with, and to the one that manages it. */
export async function setManagement(
  tx: Tx,
  clientId: string,
  by: { managementDigest: Buffer; registrationTokenId: RowId },
): Promise<void> {
  await tx('services').where({ client_id: clientId }).update({
    management_digest: by.managementDigest,
    registration_token_id: by.registrationTokenId,
  });
}

/** What manages a service (RFC 7592), with the terms it was registered under; null where it was not by program. */
export async function findManagement(
  db: Db | Tx,
  clientId: string,
): Promise<{ managementDigest: Buffer; terms: RegistrationTerms; createdAt: Date } | null> {
  const row = await db('services as s')
    .join('registration_tokens as t', 't.id', 's.registration_token_id')
    .where('s.client_id', clientId)
    .whereNot('s.state', 'removed')
    .first('s.management_digest', 's.created_at', 't.terms');
  return row
    ? {
        managementDigest: row.management_digest as Buffer,
        terms: row.terms as RegistrationTerms,
        createdAt: row.created_at as Date,
      }
    : null;
}

/** Nobody signs in there any more; the row stays for receipts and the audit trail. */
export async function markServiceRemoved(tx: Tx, clientId: string, at: Date): Promise<void> {
  await tx('services').where({ client_id: clientId }).update({ state: 'removed', updated_at: at });
}
