import type { Db, Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { countEndedPersons, listEndedPersons } from './ended-person-store.ts';

/** Persons whose ID was revoked or who died before a time: those whose records may go. */
export function endedPersons(tx: Tx, by: { before: Date; limit: number }): Promise<PersonId[]> {
  return listEndedPersons(tx, by);
}

/** How many of them are left, how many a legal hold keeps, and since when the first one's ID has ended. */
export function endedPersonsLeft(db: Db | Tx, { before }: { before: Date }) {
  return countEndedPersons(db, before);
}
