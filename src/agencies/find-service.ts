import type { Db, Tx } from '../lib/database.ts';
import type { Service } from './service.ts';
import { findServiceRow, listAgencyAddresses, listServiceRows } from './store.ts';

/** The service of a client id, suspended ones too; null where there is none. */
export function findService(db: Db | Tx, clientId: string): Promise<Service | null> {
  return findServiceRow(db, clientId);
}

/** Every service, at most 1,000, by client id. */
export function listServices(db: Db | Tx): Promise<Service[]> {
  return listServiceRows(db);
}

/**
 * Where services of an agency receive people, and where their keys are: what makes them one sector (OpenID Connect
 * Registration §5). Null where no agency has this code.
 */
export function agencyAddresses(db: Db | Tx, code: string): Promise<string[] | null> {
  return listAgencyAddresses(db, code);
}
