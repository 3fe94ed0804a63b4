import type { Db, Tx } from '../lib/database.ts';
import type { Agreement } from './agreement.ts';
import { listAgreementRows } from './agreement-store.ts';

/** The agreements under which the service may call the resource at `at`, the latest first; none: it may not. */
export function findAgreements(
  db: Db | Tx,
  by: { serviceId: string; resource: string; at: Date },
): Promise<Agreement[]> {
  return listAgreementRows(db, by);
}
