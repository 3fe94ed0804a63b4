import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import { findLink } from './store.ts';
import { findStatusEvent, insertStatusEvent, listStatusEvents } from './status-event-store.ts';

/**
 * What services that know a person must be told (DESIGN section 4).
 * `id_state_changed`: another state of the ID. `identifier_changed`: the person goes by another one's number and sub
 * from now on; the former ones stay valid aliases. `identity_split`: what came from this person in the doubtful interval
 * may have been somebody else's. `document_replaced`: another travel document took the place of one.
 * `assurance_changed`: stay, document or proof are not what they were (`reason`: `stay_changed`, `stay_ended`, `document_expired`,
 * `document_lost`, `proof_ended`, `proof_renewed`, `issuer_compromised`, `consent_withdrawn`); the next token tells.
 * `person_erased`: what the service holds of the person has no source any more.
 */
export type StatusEventKind =
  | 'id_state_changed'
  | 'identifier_changed'
  | 'identity_split'
  | 'document_replaced'
  | 'assurance_changed'
  | 'person_erased';

export interface StatusEvent {
  kind: StatusEventKind;
  personId: PersonId;
  otherPersonId?: PersonId | null;
  from?: ForeignIdState | null;
  to?: ForeignIdState | null;
  reason?: string | null;
  /** The time during which two humans may have been taken for one. */
  doubtful?: { from: Date; until: Date } | null;
  /** Who signs in as the person; looked up where the caller does not know. */
  accountId?: AccountId | null;
}

export interface RecordedStatusEvent extends Required<StatusEvent> {
  id: RowId;
  at: Date;
}

/**
 * Puts an event on record in the transaction of the change that it tells of, with the job `status_event`
 * `{ eventId, kind, personId }` for the domain that addresses it to services.
 */
export async function recordStatusEvent(tx: Tx, app: App, event: StatusEvent): Promise<void> {
  const id = RowId.make(app);
  // Now: whoever is erased, or loses the record to another account, is linked to it no more when the job runs.
  const accountId =
    event.accountId === undefined
      ? ((await findLink(tx, event.personId))?.accountId ?? null)
      : event.accountId;
  await insertStatusEvent(tx, { id, event, accountId, at: app.clock.now() });
  const { kind, personId } = event;
  await enqueue(tx, 'status_event', { eventId: id, kind, personId });
}

/** The event of a job, or null where there is none. */
export function readStatusEvent(db: Db | Tx, id: RowId): Promise<RecordedStatusEvent | null> {
  return findStatusEvent(db, id);
}

/** What befell a person, first to last. */
export function statusEventsOf(db: Db | Tx, personId: PersonId): Promise<RecordedStatusEvent[]> {
  return listStatusEvents(db, personId);
}
