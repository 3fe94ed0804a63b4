import type { Db, Tx } from '../lib/database.ts';
import type { AgencyId, DataKeyId, RowId } from '../lib/ids.ts';
import type { Stream } from './stream.ts';

const COLUMNS = [
  'event_streams.id',
  'event_streams.service_id',
  'event_streams.state',
  'event_streams.reason',
  'event_streams.method',
  'event_streams.endpoint_url',
  'event_streams.data_key_id',
  'event_streams.authorization_sealed',
  'event_streams.events_requested',
  'event_streams.description',
  'event_streams.created_at',
  'event_streams.verification_asked_at',
  'event_streams.heard_at',
  'event_streams.failures',
  'event_streams.failing_since',
  'event_streams.retry_at',
];

/** False where the service has one. */
export async function insertStream(tx: Tx, stream: Stream): Promise<boolean> {
  const rows = await tx('event_streams')
    .insert({
      id: stream.id,
      service_id: stream.serviceId,
      ...rowOf(stream),
      data_key_id: stream.dataKeyId,
      created_at: stream.createdAt,
      changed_at: stream.createdAt,
      heard_at: stream.heardAt,
    })
    .onConflict('service_id')
    .ignore()
    .returning('id');
  return rows.length === 1;
}

/** What its receiver may set. A new setting is a new start: earlier failures are forgotten. */
export async function updateStream(tx: Tx, stream: Stream, at: Date): Promise<void> {
  await tx('event_streams')
    .where({ id: stream.id })
    .update({
      ...rowOf(stream),
      changed_at: at,
      heard_at: at,
      failures: 0,
      last_failure: null,
      failing_since: null,
      retry_at: null,
    });
}

function rowOf(stream: Stream) {
  return {
    state: stream.state,
    reason: stream.reason,
    method: stream.method,
    endpoint_url: stream.endpointUrl,
    authorization_sealed: stream.authorizationSealed,
    events_requested: stream.eventsRequested,
    description: stream.description,
  };
}

/** The stream of a service, or null. */
export async function findStreamOf(
  db: Db | Tx,
  serviceId: string,
  lock: 'lock' | 'read' = 'read',
): Promise<Stream | null> {
  const query = db('event_streams').where({ service_id: serviceId });
  if (lock === 'lock') query.forUpdate();
  const row = await query.first<Record<string, unknown> | undefined>(COLUMNS);
  return row ? toStream(row) : null;
}

/** Whoever writes to a stream and its tokens locks the stream first. */
export async function findStream(
  db: Db | Tx,
  id: RowId,
  lock: 'lock' | 'read' = 'read',
): Promise<Stream | null> {
  const query = db('event_streams').where({ id });
  if (lock === 'lock') query.forUpdate();
  const row = await query.first<Record<string, unknown> | undefined>(COLUMNS);
  return row ? toStream(row) : null;
}

/** Streams of an agency's active services that take events which happened at `at`. */
export async function listStreamsOf(
  db: Db | Tx,
  by: { agencyId: AgencyId; at: Date },
): Promise<Stream[]> {
  const rows = await db('event_streams')
    .join('services', 'services.client_id', 'event_streams.service_id')
    .where({ 'services.agency_id': by.agencyId, 'services.state': 'active' })
    .whereNot({ 'event_streams.state': 'disabled' })
    .where('event_streams.created_at', '<=', by.at)
    .orderBy('event_streams.id')
    .select<Record<string, unknown>[]>(COLUMNS);
  return rows.map(toStream);
}

export async function deleteStream(tx: Tx, id: RowId): Promise<void> {
  await tx('event_streams').where({ id }).delete();
}

/** Notes that the receiver was there. */
export async function noteHeard(db: Db | Tx, id: RowId, at: Date): Promise<void> {
  await db('event_streams')
    .where({ id })
    .update({ heard_at: at, failures: 0, last_failure: null, failing_since: null, retry_at: null });
}

/** False where the last verification was less than the interval ago. */
export async function noteVerification(
  tx: Tx,
  id: RowId,
  times: { at: Date; notSince: Date },
): Promise<boolean> {
  const count = await tx('event_streams')
    .where({ id })
    .whereRaw('(verification_asked_at is null or verification_asked_at <= ?)', [times.notSince])
    .update({ verification_asked_at: times.at });
  return count === 1;
}

/**
 * Takes the right to push for a while: of all nodes one has it, and one that dies loses it. Null where the stream is not
 * enabled, waits after a failure, or somebody else has it (`busy`).
 */
export async function takeLease(
  db: Db,
  take: { id: RowId; lease: RowId; now: Date; until: Date },
): Promise<'taken' | 'busy' | 'idle'> {
  const rows = await db('event_streams')
    .where({ id: take.id, state: 'enabled', method: 'push' })
    .whereRaw('(retry_at is null or retry_at <= ?)', [take.now])
    .whereRaw('(leased_until is null or leased_until < ?)', [take.now])
    .update({ lease: take.lease, leased_until: take.until })
    .returning('id');
  if (rows.length === 1) return 'taken';
  const held = await db('event_streams')
    .where({ id: take.id, state: 'enabled', method: 'push' })
    .whereNotNull('lease')
    .first<{ id: string } | undefined>('id');
  return held ? 'busy' : 'idle';
}

/** False where it was lost meanwhile, or the stream was changed by its receiver. */
export async function renewLease(
  db: Db,
  renew: { id: RowId; lease: RowId; until: Date },
): Promise<boolean> {
  const count = await db('event_streams')
    .where({ id: renew.id, lease: renew.lease, state: 'enabled', method: 'push' })
    .update({ leased_until: renew.until });
  return count === 1;
}

export async function releaseLease(tx: Tx, held: { id: RowId; lease: RowId }): Promise<void> {
  await tx('event_streams').where(held).update({ lease: null, leased_until: null });
}

export async function noteFailure(
  tx: Tx,
  id: RowId,
  failure: { kind: string; failures: number; failingSince: Date; retryAt: Date },
): Promise<void> {
  await tx('event_streams').where({ id }).update({
    failures: failure.failures,
    last_failure: failure.kind,
    failing_since: failure.failingSince,
    retry_at: failure.retryAt,
  });
}

/** Pauses an enabled stream; false where it was not. */
export async function pauseStream(
  tx: Tx,
  id: RowId,
  pause: { reason: string; at: Date },
): Promise<boolean> {
  const count = await tx('event_streams')
    .where({ id, state: 'enabled' })
    .update({ state: 'paused', reason: pause.reason, changed_at: pause.at });
  return count === 1;
}

/** Streams in which something lies that could have gone. */
export async function listStreamsToPush(
  tx: Tx,
  by: { now: Date; limit: number },
): Promise<RowId[]> {
  const { rows } = await tx.raw<{ rows: { id: RowId }[] }>(
    `select s.id from event_streams s join services v on v.client_id = s.service_id and v.state = 'active'
      where s.state = 'enabled' and s.method = 'push' and (s.retry_at is null or s.retry_at <= :now)
        and exists (select 1 from event_tokens t
              where t.stream_id = s.id and t.state = 'waiting' and t.due_at <= :now)
      order by s.id limit :limit`,
    { ...by },
  );
  return rows.map(({ id }) => id);
}

function toStream(row: Record<string, unknown>): Stream {
  return {
    id: row.id as RowId,
    serviceId: row.service_id as string,
    state: row.state as Stream['state'],
    reason: row.reason as string | null,
    method: row.method as Stream['method'],
    endpointUrl: row.endpoint_url as string | null,
    dataKeyId: row.data_key_id as DataKeyId,
    authorizationSealed: row.authorization_sealed as Buffer | null,
    eventsRequested: row.events_requested as string[] | null,
    description: row.description as string | null,
    createdAt: row.created_at as Date,
    verificationAskedAt: row.verification_asked_at as Date | null,
    heardAt: row.heard_at as Date,
    failures: row.failures as number,
    failingSince: row.failing_since as Date | null,
    retryAt: row.retry_at as Date | null,
  };
}
