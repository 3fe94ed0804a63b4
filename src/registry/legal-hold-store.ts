import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, PersonId, RowId } from '../lib/ids.ts';
import type { HoldReason, LegalHold } from './legal-holds.ts';

const COLUMNS = [
  'id',
  'person_id',
  'case_id',
  'reason',
  'reference',
  'placed_at',
  'released_at',
] as const;

/** Puts a hold on record; false where the same order holds the same thing already. */
export async function insertHold(tx: Tx, hold: LegalHold): Promise<boolean> {
  const { rows } = await tx.raw<{ rows: unknown[] }>(
    `insert into legal_holds (id, person_id, case_id, reason, reference, placed_at) values (?, ?, ?, ?, ?, ?)
     on conflict (coalesce(person_id, case_id), reason, reference) where released_at is null do nothing
     returning id`,
    [hold.id, hold.personId, hold.caseId, hold.reason, hold.reference, hold.placedAt],
  );
  return rows.length > 0;
}

/** Ends a hold; null where there is none that still holds. */
export async function endHold(tx: Tx, id: RowId, at: Date): Promise<LegalHold | null> {
  const [row] = await tx('legal_holds')
    .where({ id })
    .whereNull('released_at')
    .update({ released_at: at })
    .returning<Record<string, unknown>[]>([...COLUMNS]);
  return row ? toHold(row) : null;
}

/** The holds in force, oldest first. */
export async function listHoldsInForce(db: Db | Tx): Promise<LegalHold[]> {
  const rows = await db('legal_holds')
    .whereNull('released_at')
    .orderBy([{ column: 'placed_at' }, { column: 'id' }])
    .select<Record<string, unknown>[]>(...COLUMNS);
  return rows.map(toHold);
}

export async function isPersonHeld(db: Db | Tx, personId: PersonId): Promise<boolean> {
  const row = await db('held_persons').where({ person_id: personId }).first('person_id');
  return row !== undefined;
}

export async function personExists(db: Db | Tx, personId: PersonId): Promise<boolean> {
  return (await db('persons').where({ id: personId }).first('id')) !== undefined;
}

/** Cases are a later domain: of their table only this is asked. */
export async function caseExists(db: Db | Tx, caseId: CaseId): Promise<boolean> {
  return (await db('cases').where({ id: caseId }).first('id')) !== undefined;
}

function toHold(row: Record<string, unknown>): LegalHold {
  return {
    id: row.id as RowId,
    personId: row.person_id as PersonId | null,
    caseId: row.case_id as CaseId | null,
    reason: row.reason as HoldReason,
    reference: row.reference as string,
    placedAt: row.placed_at as Date,
    releasedAt: row.released_at as Date | null,
  };
}
