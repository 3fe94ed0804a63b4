import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PersonId, RowId } from '../lib/ids.ts';
import type { RecordedStatusEvent, StatusEvent, StatusEventKind } from './status-events.ts';

export async function insertStatusEvent(
  tx: Tx,
  row: { id: RowId; event: StatusEvent; accountId: AccountId | null; at: Date },
): Promise<void> {
  const { event } = row;
  await tx('status_events').insert({
    id: row.id,
    kind: event.kind,
    person_id: event.personId,
    other_person_id: event.otherPersonId ?? null,
    from_state: event.from ?? null,
    to_state: event.to ?? null,
    reason: event.reason ?? null,
    doubtful_from: event.doubtful?.from ?? null,
    doubtful_until: event.doubtful?.until ?? null,
    account_id: row.accountId,
    at: row.at,
  });
}

const COLUMNS = [
  'id',
  'kind',
  'person_id',
  'other_person_id',
  'from_state',
  'to_state',
  'reason',
  'doubtful_from',
  'doubtful_until',
  'account_id',
  'at',
] as const;

export async function findStatusEvent(db: Db | Tx, id: RowId): Promise<RecordedStatusEvent | null> {
  const row = await db('status_events')
    .where({ id })
    .first(...COLUMNS);
  return row ? toEvent(row) : null;
}

/** What befell a person, first to last. */
export async function listStatusEvents(
  db: Db | Tx,
  personId: PersonId,
): Promise<RecordedStatusEvent[]> {
  const rows = await db('status_events')
    .where({ person_id: personId })
    .orderBy([{ column: 'at' }, { column: 'id' }])
    .select(...COLUMNS);
  return rows.map(toEvent);
}

function toEvent(row: Record<(typeof COLUMNS)[number], unknown>): RecordedStatusEvent {
  return {
    id: row.id as RowId,
    kind: row.kind as StatusEventKind,
    personId: row.person_id as PersonId,
    otherPersonId: row.other_person_id as PersonId | null,
    from: row.from_state as RecordedStatusEvent['from'],
    to: row.to_state as RecordedStatusEvent['to'],
    reason: row.reason as string | null,
    doubtful: row.doubtful_from
      ? { from: row.doubtful_from as Date, until: row.doubtful_until as Date }
      : null,
    accountId: row.account_id as AccountId | null,
    at: row.at as Date,
  };
}
