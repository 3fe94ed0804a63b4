import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { parseForeignId } from './foreign-id.ts';
import { findForeignIdByKey, listTransitions } from './foreign-id-store.ts';
import type { HistoryRow } from './foreign-id-store.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import { documentKey, numberKey } from './look-ups.ts';
import { findDocument } from './document-store.ts';
import type { TravelDocumentFacts } from './person.ts';
import { findAccountPerson, findLink } from './store.ts';
import { survivorOf } from './survivor.ts';

/** A person that a look-up found. Never shown to an applicant: a refusal does not tell that somebody exists. */
export interface FoundPerson {
  personId: PersonId;
  /** Null where no account signs in as this person. */
  accountId: AccountId | null;
  /** `none`: on record by a data page, without a number. */
  idState: ForeignIdState | 'none';
}

/**
 * The person that a document belongs to: the same issuing state and whole number is the same document. Of merged persons
 * the one whose number counts.
 */
export async function findPersonByDocument(
  db: Db | Tx,
  app: App,
  document: Pick<TravelDocumentFacts, 'issuingState' | 'documentNumber'>,
): Promise<FoundPerson | null> {
  const row = await findDocument(db, documentKey(app, document));
  return row && findLink(db, await survivorOf(db, row.personId));
}

/**
 * The person of a number as anybody may type it. For those with authority: a number is no proof of anything. A number that
 * was merged into another resolves for ever, to the person whose number counts.
 */
export async function findPersonByNumber(
  db: Db | Tx,
  app: App,
  number: string,
): Promise<FoundPerson | null> {
  const parsed = parseForeignId(number, app.config.FOREIGN_ID_PREFIX);
  if (!parsed.ok) return null;
  const row = await findForeignIdByKey(db, numberKey(app, parsed.number));
  return row && findLink(db, await survivorOf(db, row.personId));
}

/** The person on record whom an account signs in as; null where there is none yet. */
export function findPersonOfAccount(db: Db | Tx, accountId: AccountId): Promise<PersonId | null> {
  return findAccountPerson(db, accountId);
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
