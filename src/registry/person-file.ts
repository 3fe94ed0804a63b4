import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, PersonId, RowId } from '../lib/ids.ts';
import { continuityOf } from './continuity.ts';
import type { Continuity, ContinuityFacts, PortraitComparison } from './continuity.ts';
import { plainCrossReference } from './cross-reference.ts';
import { findCrossReferences, listCrossReferenceRows } from './cross-reference-store.ts';
import { listDocuments } from './document-store.ts';
import { crossReferenceKey } from './look-ups.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';
import type { CrossReference } from './record-cross-reference.ts';
import { openDocument, openHolder, openPerson } from './sealed-person.ts';
import { findPerson, findPersonDataKey } from './store.ts';

/** A document of a person, for an officer. */
export interface HeldDocument {
  id: RowId;
  facts: TravelDocumentFacts;
  /** Who it says its holder is; null for one that was recorded before we kept that. */
  holder: PersonAttributes | null;
  lostAt: Date | null;
  /** `YYYY-MM-DD` since when another took its place. */
  replacedOn: string | null;
  since: Date;
  /** The case of the latest proof by it: its portrait is there, as long as it is kept. */
  caseId: CaseId | null;
}

/** The documents of a person, latest first; empty where the person was erased. */
export async function documentsOf(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  personId: PersonId,
): Promise<HeldDocument[]> {
  const dataKeyId = await findPersonDataKey(db, personId);
  const key = dataKeyId && (await app.cipher.findDataKey(db, dataKeyId));
  if (!key) return [];
  const rows = await listDocuments(db, personId);
  return rows.map((row) => ({
    id: row.id,
    facts: openDocument(key, row.id, { ...row.sealed, expires_on: row.expiresOn }),
    holder: row.holder && openHolder(key, row.id, row.holder),
    lostAt: row.lostAt,
    replacedOn: row.replacedOn,
    since: row.createdAt,
    caseId: row.caseId,
  }));
}

/** Whether a document continues a person on record; see `continuityOf`. */
export async function continuityWith(
  db: Db | Tx,
  app: Pick<App, 'cipher' | 'blindIndex'>,
  given: {
    personId: PersonId;
    claimed: PersonAttributes;
    crossReferences: readonly Pick<CrossReference, 'kind' | 'number'>[];
    portraits: PortraitComparison;
  },
): Promise<Continuity> {
  const { personId, claimed, portraits } = given;
  const documents = await documentsOf(db, app, personId);
  const known = documents.flatMap(({ holder }) => (holder ? [holder] : []));
  const current = await latestAttributes(db, app, personId);
  const onFile = documents.filter(({ lostAt }) => lostAt === null);
  return continuityOf({
    known: current ? [...known, current] : known,
    claimed,
    earlierDocument: onFile.length > 0 ? 'on_file' : documents.length > 0 ? 'lost' : 'none',
    registerPerson: await registerPerson(db, app, personId, given.crossReferences),
    portraits,
  });
}

async function latestAttributes(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  personId: PersonId,
): Promise<PersonAttributes | null> {
  const dataKeyId = await findPersonDataKey(db, personId);
  const sealed = await findPerson(db, personId);
  const key = dataKeyId && (await app.cipher.findDataKey(db, dataKeyId));
  return key && sealed ? openPerson(key, personId, sealed) : null;
}

/** What the immigration register's own key of the applicant says: this person, another, or nothing that we could compare. */
async function registerPerson(
  db: Db | Tx,
  app: Pick<App, 'blindIndex'>,
  personId: PersonId,
  told: readonly Pick<CrossReference, 'kind' | 'number'>[],
): Promise<ContinuityFacts['registerPerson']> {
  const keys = told.flatMap(({ kind, number }) => {
    const plain = kind === 'immigration_person' ? plainCrossReference(kind, number) : null;
    return plain === null ? [] : [crossReferenceKey(app, kind, plain)];
  });
  if (keys.length === 0) return 'unknown';
  const holders = await findCrossReferences(db, keys);
  if (holders.length > 0)
    return holders.every((found) => found.personId === personId) ? 'same' : 'other';
  const rows = await listCrossReferenceRows(db, personId);
  const has = rows.some(({ kind, endedAt }) => kind === 'immigration_person' && endedAt === null);
  return has ? 'another_key' : 'unknown';
}
