import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, PersonId, RowId } from '../lib/ids.ts';
import type { SealedDocument } from './sealed-person.ts';

export interface DocumentRow {
  id: RowId;
  personId: PersonId;
  expiresOn: string | null;
  lostAt: Date | null;
  /** Null unless its holder was erased. */
  numberTombstone: Buffer | null;
}

export async function findDocument(db: Db | Tx, key: Buffer): Promise<DocumentRow | null> {
  const row = await db('travel_documents')
    .where({ document_key: key })
    .first('id', 'person_id', 'expires_on', 'lost_at', 'number_tombstone');
  return row
    ? {
        id: row.id as RowId,
        personId: row.person_id as PersonId,
        expiresOn: row.expires_on as string | null,
        lostAt: row.lost_at as Date | null,
        numberTombstone: row.number_tombstone as Buffer | null,
      }
    : null;
}

export async function insertDocument(
  tx: Tx,
  row: {
    id: RowId;
    personId: PersonId;
    key: Buffer;
    sealed: SealedDocument;
    holder: Buffer;
    expiresOn: string | null;
    at: Date;
  },
): Promise<void> {
  await tx('travel_documents').insert({
    id: row.id,
    person_id: row.personId,
    document_key: row.key,
    ...row.sealed,
    holder: row.holder,
    expires_on: row.expiresOn,
    lost_at: null,
    created_at: row.at,
  });
}

export async function setDocumentLost(tx: Tx, id: RowId, lostAt: Date): Promise<void> {
  await tx('travel_documents').where({ id }).update({ lost_at: lostAt });
}

/** What the document tells of its holder, as it was proven last; of a returned holder, everything sealed anew. */
export async function updateDocumentHolder(
  tx: Tx,
  id: RowId,
  changes: { holder: Buffer; sealed?: SealedDocument },
): Promise<void> {
  await tx('travel_documents')
    .where({ id })
    .update({ holder: changes.holder, ...changes.sealed });
}

/** Marks a person's document as replaced; false where it is not theirs, or was replaced before. */
export async function setDocumentReplaced(
  tx: Tx,
  row: { id: RowId; personId: PersonId; replacedBy: RowId; day: string },
): Promise<boolean> {
  const rows = await tx('travel_documents')
    .where({ id: row.id, person_id: row.personId })
    .whereNull('replaced_on')
    .update({ replaced_on: row.day, replaced_by: row.replacedBy });
  return rows === 1;
}

/** Documents that one of `ids` had replaced count again, and so do these themselves. */
export async function restoreReplaced(tx: Tx, ids: readonly RowId[]): Promise<void> {
  await tx('travel_documents')
    .where((query) => {
      void query.whereIn('replaced_by', [...ids]).orWhereIn('id', [...ids]);
    })
    .update({ replaced_on: null, replaced_by: null });
}

/** A document goes over to another person, sealed under their key. */
export async function moveDocument(
  tx: Tx,
  row: { id: RowId; personId: PersonId; sealed: SealedDocument; holder: Buffer | null },
): Promise<void> {
  await tx('travel_documents')
    .where({ id: row.id })
    .update({
      person_id: row.personId,
      ...row.sealed,
      holder: row.holder,
    });
}

export async function setNumberTombstone(tx: Tx, id: RowId, tombstone: Buffer | null) {
  await tx('travel_documents').where({ id }).update({ number_tombstone: tombstone });
}

export interface HeldDocumentRow {
  id: RowId;
  sealed: SealedDocument;
  holder: Buffer | null;
  expiresOn: string | null;
  lostAt: Date | null;
  replacedOn: string | null;
  createdAt: Date;
  /** The case of the latest proof by it; null where there is none. */
  caseId: CaseId | null;
  firstProofedAt: Date | null;
}

/** A person's documents, latest first. */
export async function listDocuments(db: Db | Tx, personId: PersonId): Promise<HeldDocumentRow[]> {
  const rows = await db('travel_documents as d')
    .leftJoin('identity_proofs as e', 'e.travel_document_id', 'd.id')
    .where('d.person_id', personId)
    .groupBy('d.id')
    .orderBy([
      { column: 'd.created_at', order: 'desc' },
      { column: 'd.id', order: 'desc' },
    ])
    .select('d.id', 'd.document_code', 'd.issuing_state', 'd.document_number', 'd.holder')
    .select('d.expires_on', 'd.lost_at', 'd.replaced_on', 'd.created_at')
    .select(
      db.raw('(array_agg(e.case_id order by e.proofed_at desc))[1] as case_id'),
      db.raw('min(e.proofed_at) as first_proofed_at'),
    );
  return rows.map((row) => ({
    id: row.id as RowId,
    sealed: row as SealedDocument,
    holder: row.holder as Buffer | null,
    expiresOn: row.expires_on as string | null,
    lostAt: row.lost_at as Date | null,
    replacedOn: row.replaced_on as string | null,
    createdAt: row.created_at as Date,
    caseId: row.case_id as CaseId | null,
    firstProofedAt: row.first_proofed_at as Date | null,
  }));
}
