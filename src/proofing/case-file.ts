import type { Db } from '../lib/database.ts';
import type { CaseId } from '../lib/ids.ts';
import type { ProofingCase } from './case-state.ts';
import { findCase as find } from './case-store.ts';

/** A case as it stands, for the console; null where there is none. The caller answers for who may read it. */
export function findCase(db: Db, id: CaseId): Promise<ProofingCase | null> {
  return find(db, id);
}
