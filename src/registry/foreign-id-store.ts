import type { Actor } from '../audit/events.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, PersonId, RowId } from '../lib/ids.ts';
import type { ForeignIdState, TransitionReason } from './id-lifecycle.ts';

export interface ForeignIdRow {
  id: RowId;
  personId: PersonId;
  number: Buffer;
  state: ForeignIdState;
  suspendedFrom: ForeignIdState | null;
  provisionalUntil: string | null;
  version: number;
}

const COLUMNS = [
  'id',
  'person_id',
  'number',
  'state',
  'suspended_from',
  'provisional_until',
  'state_version',
] as const;

/** Binds a number that was free a moment ago to a person; a fault where it is taken by now. */
export async function insertForeignId(
  tx: Tx,
  row: {
    id: RowId;
    personId: PersonId;
    issueKey: CaseId;
    number: Buffer;
    numberKey: Buffer;
    state: ForeignIdState;
    provisionalUntil: string | null;
    at: Date;
  },
): Promise<void> {
  await tx('foreign_ids').insert({
    id: row.id,
    person_id: row.personId,
    issue_key: row.issueKey,
    number: row.number,
    number_key: row.numberKey,
    state: row.state,
    suspended_from: null,
    provisional_until: row.provisionalUntil,
    state_version: 1,
    state_since: row.at,
    issued_at: row.at,
  });
}

export async function findForeignId(db: Db | Tx, personId: PersonId): Promise<ForeignIdRow | null> {
  return toRow(
    await db('foreign_ids')
      .where({ person_id: personId })
      .first(...COLUMNS),
  );
}

/** As `findForeignId`, and nobody else changes it until the transaction ends. */
export async function lockForeignId(tx: Tx, personId: PersonId): Promise<ForeignIdRow | null> {
  return toRow(
    await tx('foreign_ids')
      .where({ person_id: personId })
      .forUpdate()
      .first(...COLUMNS),
  );
}

export async function findForeignIdByKey(
  db: Db | Tx,
  numberKey: Buffer,
): Promise<ForeignIdRow | null> {
  return toRow(
    await db('foreign_ids')
      .where({ number_key: numberKey })
      .first(...COLUMNS),
  );
}

/** The number sealed under another key: of somebody who returned after erasure. */
export async function updateNumber(tx: Tx, id: RowId, number: Buffer): Promise<void> {
  await tx('foreign_ids').where({ id }).update({ number });
}

/** The new state of an ID that the caller locked. */
export async function updateState(
  tx: Tx,
  row: {
    id: RowId;
    state: ForeignIdState;
    suspendedFrom: ForeignIdState | null;
    provisionalUntil: string | null;
    version: number;
    at: Date;
  },
): Promise<void> {
  await tx('foreign_ids').where({ id: row.id }).update({
    state: row.state,
    suspended_from: row.suspendedFrom,
    provisional_until: row.provisionalUntil,
    state_version: row.version,
    state_since: row.at,
  });
}

export async function insertTransition(
  tx: Tx,
  row: HistoryRow & { rowId: RowId; foreignId: RowId },
): Promise<void> {
  await tx('foreign_id_transitions').insert({
    id: row.rowId,
    foreign_id_id: row.foreignId,
    version: row.version,
    from_state: row.from,
    to_state: row.to,
    reason: row.reason,
    actor_kind: row.actor.kind,
    actor_id: row.actor.id,
    at: row.at,
  });
}

/** One line of an ID's history. */
export interface HistoryRow {
  version: number;
  from: ForeignIdState;
  to: ForeignIdState;
  reason: TransitionReason;
  actor: Actor;
  at: Date;
}

export async function listTransitions(db: Db | Tx, personId: PersonId): Promise<HistoryRow[]> {
  const rows = await db('foreign_id_transitions as t')
    .join('foreign_ids as f', 'f.id', 't.foreign_id_id')
    .where('f.person_id', personId)
    .orderBy('t.version')
    .select('t.version', 't.from_state', 't.to_state', 't.reason', 't.actor_kind', 't.actor_id')
    .select('t.at');
  return rows.map((row) => ({
    version: row.version as number,
    from: row.from_state as ForeignIdState,
    to: row.to_state as ForeignIdState,
    reason: row.reason as TransitionReason,
    actor: { kind: row.actor_kind, id: row.actor_id },
    at: row.at as Date,
  }));
}

type RawRow = Record<(typeof COLUMNS)[number], unknown>;

function toRow(row: RawRow | undefined): ForeignIdRow | null {
  return row
    ? {
        id: row.id as RowId,
        personId: row.person_id as PersonId,
        number: row.number as Buffer,
        state: row.state as ForeignIdState,
        suspendedFrom: row.suspended_from as ForeignIdState | null,
        provisionalUntil: row.provisional_until as string | null,
        version: row.state_version as number,
      }
    : null;
}
