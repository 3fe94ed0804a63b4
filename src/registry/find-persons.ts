import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { plainState } from '../visas/compare-person.ts';
import { parseForeignId } from './foreign-id.ts';
import { findForeignIdByKey, listTransitions } from './foreign-id-store.ts';
import type { HistoryRow } from './foreign-id-store.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import { documentKey, nameKeys, numberKey } from './look-ups.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';
import { openPerson } from './sealed-person.ts';
import { findDocument, findLink, listByNameKeys } from './store.ts';

/** A person that a look-up found. Never shown to an applicant: a refusal does not tell that somebody exists. */
export interface FoundPerson {
  personId: PersonId;
  /** Null where no account signs in as this person. */
  accountId: AccountId | null;
  /** `none`: on record by a data page, without a number. */
  idState: ForeignIdState | 'none';
}

/** The person that a document belongs to: the same issuing state and whole number is the same document. */
export async function findPersonByDocument(
  db: Db | Tx,
  app: App,
  document: Pick<TravelDocumentFacts, 'issuingState' | 'documentNumber'>,
): Promise<FoundPerson | null> {
  const row = await findDocument(db, documentKey(app, document));
  return row && findLink(db, row.personId);
}

/** The person of a number as anybody may type it. For those with authority: a number is no proof of anything. */
export async function findPersonByNumber(
  db: Db | Tx,
  app: App,
  number: string,
): Promise<FoundPerson | null> {
  const parsed = parseForeignId(number, app.config.FOREIGN_ID_PREFIX);
  if (!parsed.ok) return null;
  const row = await findForeignIdByKey(db, numberKey(app, parsed.number));
  return row && findLink(db, row.personId);
}

export interface Candidate extends FoundPerson {
  /** Two nationalities are ordinary: another one weighs, it does not exclude. */
  sameNationality: boolean;
}

/**
 * Persons who may be the one described: a form of the name in common and the same birth date. Candidates only, for
 * an officer to look at: never merged by machine. Those of the same nationality come first.
 */
export async function findCandidates(
  db: Db | Tx,
  app: App,
  described: PersonAttributes,
): Promise<Candidate[]> {
  const rows = await listByNameKeys(db, nameKeys(app, described));
  const candidates = rows.flatMap(({ found, dataKeyId, wrappedKey, sealed }) => {
    if (!wrappedKey) return [];
    const key = app.cipher.unwrap(dataKeyId, wrappedKey);
    const person = openPerson(key, found.personId, sealed);
    const sameNationality = plainState(person.nationality) === plainState(described.nationality);
    return [{ ...found, sameNationality }];
  });
  return candidates.toSorted((a, b) => Number(b.sameNationality) - Number(a.sameNationality));
}

/** The account a person signs in with; null where there is none. */
export async function findAccountOfPerson(
  db: Db | Tx,
  personId: PersonId,
): Promise<AccountId | null> {
  const link = await findLink(db, personId);
  return link?.accountId ?? null;
}

/** Every state a person's ID went through, first to last. */
export function idHistory(db: Db | Tx, personId: PersonId): Promise<HistoryRow[]> {
  return listTransitions(db, personId);
}
