import { findService } from '../agencies/find-service.ts';
import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { RowId } from '../lib/ids.ts';
import { endTokens, listNextTokens, nextDueAt, noteRefusal } from './event-token-store.ts';
import type { WaitingToken } from './event-token-store.ts';
import { bodyPlace, enqueueDelivery } from './hand-to-stream.ts';
import { pushEvent } from './push-event.ts';
import type { Pushed } from './push-event.ts';
import { signEvent } from './sign-event.ts';
import type { SigningApp } from './sign-event.ts';
import { endNotices, noteNoticesSent } from './status-notice-store.ts';
import { isDead, MOST_REFUSALS, waitAfter } from './stream.ts';
import type { Stream } from './stream.ts';
import {
  findStream,
  noteFailure,
  noteHeard,
  pauseStream,
  releaseLease,
  renewLease,
  takeLease,
} from './stream-store.ts';

/** Longer than one round can take: the longest push, and what is written after it. */
const LEASE_SECONDS = 30;
/** At once, each of another subject. */
const AT_ONCE = 8;
/** Rounds of one job; the next one goes on. */
const MOST_ROUNDS = 100;
const BUSY_SECONDS = 2;

export const authorizationPlace = (id: RowId) => ({
  table: 'event_streams',
  column: 'authorization_sealed',
  row: id,
});

/**
 * Job `deliver_events`: pushes what waits in one stream. Of all nodes one pushes at a time; a token that was sent is marked so before
 * the next of its subject goes, and goes again with the same `jti` where its receiver took it and we died before that was written.
 */
export async function deliverEvents(
  payload: Record<string, unknown>,
  app: SigningApp,
): Promise<void> {
  const id = RowId.parse(payload.streamId);
  if (!id) throw new Error('The job names no stream.');
  const lease = RowId.make(app);
  const now = app.clock.now();
  const taken = await takeLease(app.db, {
    id,
    lease,
    now,
    until: addSeconds(now, LEASE_SECONDS),
  });
  if (taken !== 'taken')
    return transact(app.db, (tx) =>
      // Whoever pushes may have looked for the last time before this token came.
      taken === 'busy'
        ? enqueueDelivery(tx, id, { runAt: addSeconds(now, BUSY_SECONDS), because: 'busy' })
        : planNext(tx, id),
    );
  try {
    await deliver(app, { id, lease });
  } finally {
    await transact(app.db, async (tx) => {
      await releaseLease(tx, { id, lease });
      await planNext(tx, id);
    });
  }
}

async function deliver(app: SigningApp, held: { id: RowId; lease: RowId }): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const stream = await findStream(app.db, held.id);
    if (!stream || stream.endpointUrl === null) return;
    const now = app.clock.now();
    const until = addSeconds(now, LEASE_SECONDS);
    const waiting = await listNextTokens(app.db, { streamId: stream.id, now, limit: AT_ONCE });
    if (waiting.length === 0) return;
    const service = await findService(app.db, stream.serviceId);
    if (service?.state !== 'active' || !(await renewLease(app.db, { ...held, until }))) return;
    const key = await app.cipher.openDataKey(app.db, stream.dataKeyId);
    const results = await Promise.all(
      waiting.map(async (token) => ({ token, pushed: await push(app, { stream, key, token }) })),
    );
    if (!(await record(app, stream, results))) return;
  }
}

async function push(
  app: SigningApp,
  { stream, key, token }: { stream: Stream; key: DataKey; token: WaitingToken },
): Promise<Pushed> {
  const { id, createdAt } = token;
  const body = key.decrypt(bodyPlace(id), token.body).toString('utf8');
  const { endpointUrl, authorizationSealed: sealed, serviceId } = stream;
  return pushEvent(app, {
    url: endpointUrl!,
    authorization: sealed && key.decryptText(authorizationPlace(stream.id), sealed),
    token: await signEvent(app, { id, serviceId, createdAt, body }),
  });
}

interface Result {
  token: WaitingToken;
  pushed: Pushed;
}

/** Writes down what became of a round; false where the receiver is in no state for another one. */
function record(app: SigningApp, before: Stream, results: readonly Result[]): Promise<boolean> {
  return transact(app.db, async (tx) => {
    const stream = await findStream(tx, before.id, 'lock');
    if (!stream) return false;
    const accepted = results.filter(({ pushed }) => pushed.outcome === 'accepted');
    await recordTold(
      tx,
      app,
      stream,
      accepted.map(({ token }) => token.id),
    );
    const refusals = results.flatMap(({ token, pushed }) =>
      pushed.outcome === 'refused' ? [{ token, error: pushed.error }] : [],
    );
    for (const refusal of refusals) await recordRefusal(tx, app, stream, refusal);
    const failed = results.find(({ pushed }) => pushed.outcome === 'unreachable')?.pushed;
    if (failed?.outcome !== 'unreachable') {
      await noteHeard(tx, stream.id, app.clock.now());
      return true;
    }
    await recordFailure(tx, app, stream, { kind: failed.kind, isFirst: accepted.length > 0 });
    return false;
  });
}

/** The receiver has these: by a push that it accepted, or because it acknowledged them. */
export async function recordTold(
  tx: Tx,
  app: App,
  stream: Pick<Stream, 'id' | 'serviceId'>,
  ids: readonly RowId[],
): Promise<void> {
  const at = app.clock.now();
  const ended = await endTokens(tx, { streamId: stream.id, ids, state: 'sent', at });
  const eventIds = ended.flatMap(({ eventId }) => eventId ?? []);
  await noteNoticesSent(tx, { eventIds, serviceId: stream.serviceId, at });
  await endNotices(tx, eventIds, at);
  for (const { id, eventType } of ended)
    await appendAudit(tx, app, {
      action: 'exchange.event_told',
      actor: SYSTEM,
      subject: { kind: 'service', id: stream.serviceId },
      details: { jti: id, event: eventType },
    });
}

/** The receiver will not have this token: tried again some times, then set aside so that what follows it goes on. */
export async function recordRefusal(
  tx: Tx,
  app: App,
  stream: Pick<Stream, 'id' | 'serviceId'>,
  { token, error, atOnce = false }: { token: WaitingToken; error: string; atOnce?: boolean },
): Promise<void> {
  const attempts = token.attempts + 1;
  const at = app.clock.now();
  if (attempts < MOST_REFUSALS && !atOnce) {
    const dueAt = addSeconds(
      at,
      waitAfter(attempts, (below) => app.random.integer(below)),
    );
    return noteRefusal(tx, token.id, { attempts, error, dueAt });
  }
  const { id, eventType } = token;
  await endTokens(tx, { streamId: stream.id, ids: [id], state: 'refused', at, error });
  await endNotices(tx, token.eventId ? [token.eventId] : [], at);
  await appendAudit(tx, app, {
    action: 'exchange.event_refused',
    actor: SYSTEM,
    subject: { kind: 'service', id: stream.serviceId },
    details: { jti: id, event: eventType, error },
  });
}

async function recordFailure(
  tx: Tx,
  app: SigningApp,
  stream: Stream,
  { kind, isFirst }: { kind: string; isFirst: boolean },
): Promise<void> {
  const now = app.clock.now();
  const failures = isFirst ? 1 : stream.failures + 1;
  const failingSince = (isFirst ? null : stream.failingSince) ?? now;
  const retryAt = addSeconds(
    now,
    waitAfter(failures, (below) => app.random.integer(below)),
  );
  await noteFailure(tx, stream.id, { kind, failures, failingSince, retryAt });
  // An address that may not be called will not become one that may.
  if (kind !== 'forbidden_address' && !isDead({ failures, failingSince }, now)) return;
  const reason =
    kind === 'forbidden_address'
      ? 'endpoint_url leads to an address that is not public. Set another one, and status to enabled.'
      : `No delivery since ${failingSince.toISOString()} (${failures} tries, the last: ${kind}). Mend the receiver, then set status to enabled: what waits is kept for 7 days.`;
  await pauseByUs(tx, app, stream, reason);
}

/** Pauses a stream that its receiver did not pause: for a reason that it can read at the status endpoint. */
export async function pauseByUs(
  tx: Tx,
  app: App,
  stream: Pick<Stream, 'id' | 'serviceId'>,
  reason: string,
): Promise<void> {
  if (!(await pauseStream(tx, stream.id, { reason, at: app.clock.now() }))) return;
  await appendAudit(tx, app, {
    action: 'exchange.stream_paused',
    actor: SYSTEM,
    subject: { kind: 'service', id: stream.serviceId },
    details: { streamId: stream.id },
  });
}

/** A job for when the next token may go, if any waits. */
async function planNext(tx: Tx, id: RowId): Promise<void> {
  const stream = await findStream(tx, id);
  if (stream?.state !== 'enabled' || stream.method !== 'push') return;
  // Of a suspended one: `sweep_events` looks again.
  const service = await findService(tx, stream.serviceId);
  const dueAt = service?.state === 'active' ? await nextDueAt(tx, id) : null;
  if (!dueAt) return;
  const { retryAt } = stream;
  const runAt = retryAt && retryAt > dueAt ? retryAt : dueAt;
  await enqueueDelivery(tx, id, { runAt, because: 'not_due' });
}
