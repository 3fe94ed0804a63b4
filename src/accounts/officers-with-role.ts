import type { Db, Tx } from '../lib/database.ts';
import type { OfficerId } from '../lib/ids.ts';
import { listOfficersWithRole } from './officer-store.ts';
import type { OfficerRole } from './officer-store.ts';

/** The officers who may sign in and have one of `roles`, in no telling order. */
export function officersWithRole(db: Db | Tx, roles: readonly OfficerRole[]): Promise<OfficerId[]> {
  return listOfficersWithRole(db, roles);
}
