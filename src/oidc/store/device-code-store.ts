import type { Db, Tx } from '../../lib/database.ts';
import { POLL_SECONDS } from './polled-store.ts';

/** False where another device has this user code just now. */
export async function insertDeviceCode(
  db: Db,
  row: {
    idDigest: Buffer;
    userCodeDigest: Buffer;
    serviceId: string;
    payload: Buffer;
    now: Date;
    expiresAt: Date;
  },
): Promise<boolean> {
  const rows = await db('oidc_device_codes')
    .insert({
      id_digest: row.idDigest,
      user_code_digest: row.userCodeDigest,
      service_id: row.serviceId,
      payload: row.payload,
      poll_seconds: POLL_SECONDS,
      created_at: row.now,
      expires_at: row.expiresAt,
    })
    .onConflict('user_code_digest')
    .ignore()
    .returning('service_id');
  return rows.length === 1;
}

export async function findByUserCodeDigest(
  db: Db,
  digest: Buffer,
): Promise<{ idDigest: Buffer; payload: Buffer; claimed: boolean } | null> {
  const row = await db('oidc_device_codes')
    .where({ user_code_digest: digest })
    .first('id_digest', 'payload', 'claimed_at');
  return row
    ? {
        idDigest: row.id_digest as Buffer,
        payload: row.payload as Buffer,
        claimed: row.claimed_at !== null,
      }
    : null;
}

/** True for the one browser that may go on with this code. */
export async function claimDeviceCode(
  db: Db,
  by: { idDigest: Buffer; payload: Buffer; now: Date },
): Promise<boolean> {
  const count = await db('oidc_device_codes')
    .where({ id_digest: by.idDigest })
    .whereNull('claimed_at')
    .whereNull('answered_at')
    .update({ claimed_at: by.now, payload: by.payload });
  return count === 1;
}

/** Records the answer, once; false where there is one. `approval` is null where the person refused. */
export async function answerDeviceCode(
  tx: Tx,
  answer: {
    idDigest: Buffer;
    payload: Buffer;
    approval: { grantId: string; aal: 1 | 2 | 3 } | null;
    now: Date;
  },
): Promise<boolean> {
  const count = await tx('oidc_device_codes')
    .where({ id_digest: answer.idDigest })
    .whereNull('answered_at')
    .update({
      answered_at: answer.now,
      payload: answer.payload,
      grant_id: answer.approval?.grantId ?? null,
      aal: answer.approval?.aal ?? null,
    });
  return count === 1;
}
