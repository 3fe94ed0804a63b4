import type { Db, Tx } from '../lib/database.ts';
import type { Service } from './service.ts';
import { findServiceRow, listServiceRows } from './store.ts';

/** The service of a client id, suspended ones too; null where there is none. */
export function findService(db: Db | Tx, clientId: string): Promise<Service | null> {
  return findServiceRow(db, clientId);
}

/** Every service, at most 1,000, by client id. */
export function listServices(db: Db | Tx): Promise<Service[]> {
  return listServiceRows(db);
}
