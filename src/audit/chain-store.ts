import type { Db, Tx } from '../lib/database.ts';
import type { SealedFields } from './chain.ts';

/** Any number that no other advisory lock uses: "audit" in hexadecimal. */
const SEALER_LOCK = 0x617564697;

/** Bytes as `at` had them when it was sealed: microseconds, UTC, whatever the session's settings. */
const FIELD_COLUMNS = `e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.action,
  e.actor_kind as "actorKind", e.actor_id as "actorId", e.subject_kind as "subjectKind", e.subject_id as "subjectId",
  e.details`;

export interface ChainLink {
  seq: number;
  eventId: string;
  eventHash: Buffer;
  marks: Buffer;
  link: Buffer;
}

export interface StoredHead {
  seq: number;
  link: Buffer;
  sealedAt: Date;
  jws: string;
}

/** Makes this transaction the only sealer until it ends; false where another one is at work. */
export async function becomeSealer(tx: Tx): Promise<boolean> {
  const { rows } = await tx.raw<{ rows: { got: boolean }[] }>(
    'select pg_try_advisory_xact_lock(?) as got',
    [SEALER_LOCK],
  );
  return rows[0]?.got === true;
}

/** The last link, or null where nothing was sealed yet. */
export async function findLastLink(db: Db | Tx): Promise<{ seq: number; link: Buffer } | null> {
  const row = await db('audit_chain').select('seq', 'link').orderBy('seq', 'desc').first();
  return row ?? null;
}

/** Committed events that wait to be sealed, oldest first by their ids. */
export async function listUnsealedEvents(tx: Tx, limit: number): Promise<SealedFields[]> {
  const { rows } = await tx.raw<{ rows: SealedFields[] }>(
    `select ${FIELD_COLUMNS} from audit_unsealed u join audit_events e on e.id = u.event_id order by u.event_id limit ?`,
    [limit],
  );
  return rows;
}

export async function insertLinks(tx: Tx, links: ChainLink[]): Promise<void> {
  await tx.raw(
    `insert into audit_chain (seq, event_id, event_hash, field_marks, link)
     select seq, event_id, event_hash, field_marks, link
       from unnest(?::bigint[], ?::uuid[], ?::bytea[], ?::bytea[], ?::bytea[]) as t (seq, event_id, event_hash, field_marks, link)`,
    [
      links.map(({ seq }) => seq),
      links.map(({ eventId }) => eventId),
      links.map(({ eventHash }) => eventHash),
      links.map(({ marks }) => marks),
      links.map(({ link }) => link),
    ],
  );
  await tx.raw('delete from audit_unsealed where event_id = any(?::uuid[])', [
    links.map(({ eventId }) => eventId),
  ]);
}

export async function insertHead(tx: Tx, head: StoredHead): Promise<void> {
  await tx('audit_heads').insert({
    seq: head.seq,
    link: head.link,
    sealed_at: head.sealedAt,
    jws: head.jws,
  });
}

export async function findNewestHead(db: Db | Tx): Promise<StoredHead | null> {
  const row = await db('audit_heads')
    .select('seq', 'link', 'sealed_at as sealedAt', 'jws')
    .orderBy('seq', 'desc')
    .first();
  return row ?? null;
}

/** Links after `seq` in order, each with its event as it is now, or null where that is gone. */
export async function listLinksAfter(
  tx: Tx,
  seq: number,
  limit: number,
): Promise<(ChainLink & { event: SealedFields | null })[]> {
  const { rows } = await tx.raw<{ rows: (ChainLink & SealedFields & { id: string | null })[] }>(
    `select c.seq, c.event_id as "eventId", c.event_hash as "eventHash", c.field_marks as marks, c.link, ${FIELD_COLUMNS}
       from audit_chain c left join audit_events e on e.id = c.event_id
      where c.seq > ? order by c.seq limit ?`,
    [seq, limit],
  );
  return rows.map((row) => ({
    seq: row.seq,
    eventId: row.eventId,
    eventHash: row.eventHash,
    marks: row.marks,
    link: row.link,
    event: row.id === null ? null : row,
  }));
}

/** Signed heads after `seq` in order. */
export async function listHeadsAfter(tx: Tx, seq: number, limit: number): Promise<StoredHead[]> {
  return tx('audit_heads')
    .select('seq', 'link', 'sealed_at as sealedAt', 'jws')
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit);
}

/** The links at these places, by place. */
export async function findLinks(tx: Tx, places: number[]): Promise<Map<number, Buffer>> {
  const rows = await tx('audit_chain').select('seq', 'link').whereIn('seq', places);
  return new Map(rows.map(({ seq, link }: { seq: number; link: Buffer }) => [seq, link]));
}

/** Events that have no link: how many, how long the oldest has waited, and one that nobody will ever seal. */
export async function describeUnsealed(
  tx: Tx,
): Promise<{ rows: number; oldestSeconds: number; unqueued: string | null }> {
  const { rows } = await tx.raw<{
    rows: { rows: number; oldestSeconds: number; unqueued: string | null }[];
  }>(
    `select count(*)::int as rows,
            coalesce(extract(epoch from clock_timestamp() - min(coalesce(u.queued_at, e.at))), 0)::float8 as "oldestSeconds",
            min(e.id::text) filter (where u.event_id is null) as unqueued
       from audit_events e left join audit_unsealed u on u.event_id = e.id
      where not exists (select from audit_chain c where c.event_id = e.id)`,
  );
  const row = rows[0];
  return row ?? { rows: 0, oldestSeconds: 0, unqueued: null };
}

/** An event that waits to be sealed but is gone, or null. */
export async function findQueuedWithoutEvent(tx: Tx): Promise<string | null> {
  const { rows } = await tx.raw<{ rows: { eventId: string }[] }>(
    `select u.event_id as "eventId" from audit_unsealed u
      where not exists (select from audit_events e where e.id = u.event_id) order by u.event_id limit 1`,
  );
  return rows[0]?.eventId ?? null;
}
