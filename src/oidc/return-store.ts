import type { Db } from '../lib/database.ts';

/** Where an interaction came from; null where there never was one, or long ago. */
export async function findReturn(
  db: Db,
  uid: string,
): Promise<{ serviceId: string; createdAt: Date } | null> {
  const row = await db('oidc_interaction_returns').where({ uid }).first('service_id', 'created_at');
  return row ? { serviceId: row.service_id as string, createdAt: row.created_at as Date } : null;
}
