import type { Db, Tx } from '../lib/database.ts';
import type { PersonId, RowId } from '../lib/ids.ts';
import type { CrossReferenceKind } from './cross-reference.ts';

export interface CrossReferenceRow {
  id: RowId;
  personId: PersonId;
  kind: CrossReferenceKind;
  number: Buffer;
  source: string;
  verifiedAt: Date | null;
  validFrom: string | null;
  validUntil: string | null;
  recordedAt: Date;
  endedAt: Date | null;
}

/** Puts a number on record; false where one in force has it already. */
export async function insertCrossReference(
  tx: Tx,
  row: Omit<CrossReferenceRow, 'endedAt'> & { numberKey: Buffer },
): Promise<boolean> {
  const inserted = await tx('cross_references')
    .insert({
      id: row.id,
      person_id: row.personId,
      kind: row.kind,
      number: row.number,
      number_key: row.numberKey,
      source: row.source,
      verified_at: row.verifiedAt,
      valid_from: row.validFrom,
      valid_until: row.validUntil,
      recorded_at: row.recordedAt,
      ended_at: null,
    })
    .onConflict(tx.raw('(number_key) where ended_at is null'))
    .ignore()
    .returning('id');
  return inserted.length === 1;
}

/** Whose a number in force is. */
export async function findCrossReferences(
  db: Db | Tx,
  numberKeys: readonly Buffer[],
): Promise<{ id: RowId; personId: PersonId; kind: CrossReferenceKind; verified: boolean }[]> {
  if (numberKeys.length === 0) return [];
  const rows = await db('cross_references')
    .whereIn('number_key', [...numberKeys])
    .whereNull('ended_at')
    .select('id', 'person_id', 'kind', 'verified_at');
  return rows.map((row) => ({
    id: row.id as RowId,
    personId: row.person_id as PersonId,
    kind: row.kind as CrossReferenceKind,
    verified: row.verified_at !== null,
  }));
}

export async function confirmCrossReference(tx: Tx, id: RowId, at: Date): Promise<void> {
  await tx('cross_references').where({ id }).whereNull('verified_at').update({ verified_at: at });
}

/** Ends one of a person's; false where there is none in force. */
export async function endCrossReference(
  tx: Tx,
  row: { id: RowId; personId: PersonId; at: Date },
): Promise<boolean> {
  const ended = await tx('cross_references')
    .where({ id: row.id, person_id: row.personId })
    .whereNull('ended_at')
    .update({ ended_at: row.at });
  return ended === 1;
}

export async function listCrossReferenceRows(
  db: Db | Tx,
  personId: PersonId,
): Promise<CrossReferenceRow[]> {
  const rows = await db('cross_references')
    .where({ person_id: personId })
    .orderBy([{ column: 'recorded_at' }, { column: 'id' }])
    .select('id', 'person_id', 'kind', 'number', 'source', 'verified_at', 'valid_from')
    .select('valid_until', 'recorded_at', 'ended_at');
  return rows.map((row) => ({
    id: row.id as RowId,
    personId: row.person_id as PersonId,
    kind: row.kind as CrossReferenceKind,
    number: row.number as Buffer,
    source: row.source as string,
    verifiedAt: row.verified_at as Date | null,
    validFrom: row.valid_from as string | null,
    validUntil: row.valid_until as string | null,
    recordedAt: row.recorded_at as Date,
    endedAt: row.ended_at as Date | null,
  }));
}
