import type { DataKeyId } from '../ids.ts';
import type { Db, Tx } from '../database.ts';

/** A data key as it is stored: wrapped, or destroyed (null). */
export interface WrappedDataKey {
  id: DataKeyId;
  wrapped: Buffer | null;
}

export async function insertDataKey(tx: Tx, row: { id: DataKeyId; wrapped: Buffer; at: Date }) {
  await tx('data_keys').insert({ id: row.id, wrapped_key: row.wrapped, created_at: row.at });
}

export async function findDataKey(db: Db | Tx, id: DataKeyId): Promise<WrappedDataKey | null> {
  const row = await db('data_keys').where({ id }).first('id', 'wrapped_key');
  return row ? { id: row.id as DataKeyId, wrapped: row.wrapped_key as Buffer | null } : null;
}

export async function clearDataKey(tx: Tx, id: DataKeyId, at: Date) {
  await tx('data_keys').where({ id }).update({ wrapped_key: null, destroyed_at: at });
}
