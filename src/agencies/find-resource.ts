import type { Db, Tx } from '../lib/database.ts';
import type { Resource } from './resource.ts';
import { findResourceRow, findTypeOwner, listTypeNames } from './resource-store.ts';

/** The resource of this identifier, suspended ones too; null where there is none. */
export function findResource(db: Db | Tx, identifier: string): Promise<Resource | null> {
  return findResourceRow(db, identifier);
}

/** The resource that a type of `authorization_details` belongs to, or null. */
export async function findResourceOfType(db: Db | Tx, type: string): Promise<Resource | null> {
  const owner = await findTypeOwner(db, type);
  return owner === null ? null : findResourceRow(db, owner);
}

/** The types of `authorization_details` of all active resources, in order. */
export function listDetailTypes(db: Db | Tx): Promise<string[]> {
  return listTypeNames(db);
}
