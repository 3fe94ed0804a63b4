import { findService } from '../agencies/find-service.ts';
import type { Service } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { claimValues } from '../oidc/claims.ts';
import { sharedAbout } from '../oidc/consents.ts';
import { claimFacts, readHolder } from '../oidc/holder.ts';
import type { Holder } from '../oidc/holder.ts';
import { subjectAt, subjectsOfAccount } from '../oidc/subject-aliases.ts';
import { findAccountOfPerson } from '../registry/find-persons.ts';
import { readStatusEvent, statusEventsOf } from '../registry/status-events.ts';
import type { RecordedStatusEvent } from '../registry/status-events.ts';
import { EVENT_TYPES } from './event-types.ts';
import type { SimpleSubjectId } from './event-types.ts';
import { handToStream } from './hand-to-stream.ts';
import {
  endNotices,
  insertAddressed,
  insertStatusNotices,
  listAddressed,
  lockAddressing,
} from './status-notice-store.ts';
import type { StatusNotice } from './status-notice-store.ts';
import { eventsDelivered } from './stream.ts';
import type { Stream } from './stream.ts';
import { listStreamsOf } from './stream-store.ts';
import { tellStatus } from './tell-status.ts';

/**
 * Job `status_event`: finds the agencies that must be told, what each knows the person by, and hands the event to the streams of
 * their services. A change of identifier, a split and an erasure go to every agency that has a sub; anything else to the services
 * that still hold a consent. Earlier events of the person that no job has addressed yet go first. Runs at least once.
 */
export async function addressStatusEvent(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const eventId = RowId.parse(payload.eventId);
  const event = eventId && (await readStatusEvent(app.db, eventId));
  if (!event) throw new Error('The job names no status event.');
  await transact(app.db, async (tx) => {
    await lockAddressing(tx, event.personId);
    const all = await statusEventsOf(tx, event.personId);
    const until = all.slice(0, all.findIndex(({ id }) => id === event.id) + 1);
    const addressed = await listAddressed(
      tx,
      until.map(({ id }) => id),
    );
    for (const due of until) if (!addressed.includes(due.id)) await address(tx, app, due);
  });
}

async function address(tx: Tx, app: App, event: RecordedStatusEvent): Promise<void> {
  const now = app.clock.now();
  await insertAddressed(tx, event.id, now);
  // Without one, a record that was split off: nobody has ever signed in as this person.
  if (event.accountId === null) return;
  const notices = await noticesOf(app, event, event.accountId);
  await insertStatusNotices(tx, notices, now);
  for (const notice of notices) await handOut(tx, app, { event, notice });
  await endNotices(tx, [event.id], now);
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

/** To each stream of the agency whose service may be told. */
async function handOut(
  tx: Tx,
  app: App,
  { event, notice }: { event: RecordedStatusEvent; notice: StatusNotice },
): Promise<void> {
  const streams = await listStreamsOf(tx, { agencyId: notice.agencyId, at: event.at });
  for (const stream of streams) {
    const told = await toldOf(app, { event, notice, stream });
    const delivered = eventsDelivered(stream);
    for (const { name, details } of told) {
      const type = EVENT_TYPES[name];
      if (!delivered.includes(type)) continue;
      await handToStream(tx, app, {
        stream,
        subject: notice.sub,
        source: `status:${event.id}:${name}`,
        eventId: event.id,
        body: {
          sub_id: subjectId(app, notice.sub),
          events: {
            [type]: { event_timestamp: Math.floor(event.at.getTime() / 1000), ...details },
          },
          txn: event.id,
        },
      });
    }
  }
}

async function toldOf(
  app: App,
  given: { event: RecordedStatusEvent; notice: StatusNotice; stream: Stream },
) {
  const { event, notice, stream } = given;
  const service = await findService(app.db, stream.serviceId);
  const { accountId } = event;
  if (!service || accountId === null) return [];
  const shared = await sharedAbout(app.db, { accountId, serviceId: service.clientId });
  if (!shared && !TO_ALL.includes(event.kind)) return [];
  const holder = await readHolder(app, accountId);
  const mayAsk: readonly string[] = [...service.claims, 'verified_claims'];
  return tellStatus({
    event,
    service,
    granted: (shared ?? []).filter((name) => mayAsk.includes(name)),
    ial: holder.assurance.ial,
    stay: holder.assurance.stay,
    stayClaim: stayOf(holder, service),
    newSubject: notice.newSub === null ? null : subjectId(app, notice.newSub),
  });
}

function stayOf(holder: Holder, service: Service): unknown {
  return claimValues(['stay'], claimFacts(holder, service)).stay;
}

/** The person as the agency knows them (RFC 9493 §3.2.4). */
export function subjectId(app: Pick<App, 'config'>, sub: string): SimpleSubjectId {
  return { format: 'iss_sub', iss: app.config.ISSUER, sub };
}
