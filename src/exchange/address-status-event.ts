import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { subjectAt, subjectsOfAccount } from '../oidc/subject-aliases.ts';
import { findAccountOfPerson } from '../registry/find-persons.ts';
import { readStatusEvent } from '../registry/status-events.ts';
import type { RecordedStatusEvent } from '../registry/status-events.ts';
import { insertStatusNotices } from './status-notice-store.ts';
import type { StatusNotice } from './status-notice-store.ts';

/**
 * Job `status_event`: finds the agencies that must be told, and what each knows the person by. A change of identifier or a
 * split goes to every agency that has a sub; a change of state to those that still hold a consent. Runs at least once.
 */
export async function addressStatusEvent(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const eventId = RowId.parse(payload.eventId);
  const event = eventId && (await readStatusEvent(app.db, eventId));
  if (!event) throw new Error('The job names no status event.');
  const { accountId } = event;
  // A record that was split off: nobody has ever signed in as this person.
  if (!accountId) return;
  const notices = await noticesOf(app, event, accountId);
  await transact(app.db, (tx) => insertStatusNotices(tx, notices, app.clock.now()));
}

async function noticesOf(
  app: App,
  event: RecordedStatusEvent,
  accountId: AccountId,
): Promise<StatusNotice[]> {
  const subjects = await subjectsOfAccount(app.db, accountId);
  const other = event.otherPersonId && (await findAccountOfPerson(app.db, event.otherPersonId));
  const notices = subjects
    .filter(({ consented }) => consented || TO_ALL.includes(event.kind))
    .map(async ({ agencyId, sub }) => {
      const changes = event.kind === 'identifier_changed' && other;
      const newSub = changes ? await subjectAt(app, { agencyId, accountId: other }) : null;
      return { eventId: event.id, agencyId, sub, newSub };
    });
  return Promise.all(notices);
}

const TO_ALL: readonly RecordedStatusEvent['kind'][] = [
  'identifier_changed',
  'identity_split',
  'person_erased',
];
