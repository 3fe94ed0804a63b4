import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import type { Agreement } from './agreement.ts';
import { findAgreementRows, listAgreementRows } from './agreement-store.ts';

/** The agreements under which the service may call the resource at `at`, the latest first; none: it may not. */
export function findAgreements(
  db: Db | Tx,
  by: { serviceId: string; resource: string; at: Date },
): Promise<Agreement[]> {
  return listAgreementRows(db, by);
}

/** Agreements by id, those that ended too: what something was done under. */
export async function agreementsById(
  db: Db | Tx,
  ids: readonly RowId[],
): Promise<Map<RowId, Agreement>> {
  const found = await findAgreementRows(db, [...new Set(ids)]);
  return new Map(found.map((agreement) => [agreement.id, agreement]));
}
