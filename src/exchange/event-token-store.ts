import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';

/** A token that waits for its receiver. */
export interface WaitingToken {
  /** Its `jti`. */
  id: RowId;
  subject: string;
  eventType: string;
  /** Encrypted. */
  body: Buffer;
  eventId: RowId | null;
  createdAt: Date;
  attempts: number;
}

export interface NewToken extends Omit<WaitingToken, 'attempts'> {
  streamId: RowId;
  /** What it tells of: a stream is told of it once. */
  source: string;
}

/** False where the stream has one of this source. */
export async function insertToken(tx: Tx, token: NewToken): Promise<boolean> {
  const rows = await tx('event_tokens')
    .insert({
      id: token.id,
      stream_id: token.streamId,
      subject: token.subject,
      source: token.source,
      event_type: token.eventType,
      body: token.body,
      event_id: token.eventId,
      state: 'waiting',
      created_at: token.createdAt,
      due_at: token.createdAt,
    })
    .onConflict(['stream_id', 'source'])
    .ignore()
    .returning('id');
  return rows.length === 1;
}

/** The next that may go: of each subject the first that waits, in order. `now` null: due or not. */
export async function listNextTokens(
  db: Db | Tx,
  by: { streamId: RowId; now: Date | null; limit: number },
): Promise<WaitingToken[]> {
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(
    `select id, subject, event_type, body, event_id, created_at, attempts from event_tokens t
      where stream_id = :streamId and state = 'waiting' and due_at <= coalesce(:now::timestamptz, due_at)
        and not exists (select 1 from event_tokens e
              where e.stream_id = t.stream_id and e.subject = t.subject and e.state = 'waiting'
                and e.position < t.position)
      order by position limit :limit`,
    { ...by },
  );
  return rows.map((row) => ({
    id: row.id as RowId,
    subject: row.subject as string,
    eventType: row.event_type as string,
    body: row.body as Buffer,
    eventId: row.event_id as RowId | null,
    createdAt: row.created_at as Date,
    attempts: row.attempts as number,
  }));
}

/** When the next one may go; null where none waits. One that waits behind another of its subject does not count. */
export async function nextDueAt(db: Db | Tx, streamId: RowId): Promise<Date | null> {
  const { rows } = await db.raw<{ rows: { due: Date | null }[] }>(
    `select min(due_at) as due from event_tokens t
      where stream_id = :streamId and state = 'waiting'
        and not exists (select 1 from event_tokens e
              where e.stream_id = t.stream_id and e.subject = t.subject and e.state = 'waiting'
                and e.position < t.position)`,
    { streamId },
  );
  return rows[0]?.due ?? null;
}

export async function countWaiting(db: Db | Tx, streamId: RowId): Promise<number> {
  const row = await db('event_tokens')
    .where({ stream_id: streamId, state: 'waiting' })
    .count<{ count: number }[]>('id as count')
    .first();
  return row?.count ?? 0;
}

/** Ends tokens of a stream that wait; gives those that did. The body is forgotten with that. */
export async function endTokens(
  tx: Tx,
  ending: {
    streamId: RowId;
    ids: readonly RowId[];
    state: 'sent' | 'refused';
    at: Date;
    error?: string;
  },
): Promise<{ id: RowId; eventType: string; eventId: RowId | null }[]> {
  if (ending.ids.length === 0) return [];
  const rows = await tx('event_tokens')
    .where({ stream_id: ending.streamId, state: 'waiting' })
    .whereIn('id', [...ending.ids])
    .update({
      state: ending.state,
      ended_at: ending.at,
      body: null,
      ...(ending.error === undefined ? {} : { last_error: ending.error }),
    })
    .returning(['id', 'event_type', 'event_id']);
  return rows.map((row: Record<string, unknown>) => ({
    id: row.id as RowId,
    eventType: row.event_type as string,
    eventId: row.event_id as RowId | null,
  }));
}

/** Notes that the receiver refused a token, which will be tried again. */
export async function noteRefusal(
  tx: Tx,
  id: RowId,
  refusal: { attempts: number; error: string; dueAt: Date },
): Promise<void> {
  await tx('event_tokens')
    .where({ id, state: 'waiting' })
    .update({ attempts: refusal.attempts, last_error: refusal.error, due_at: refusal.dueAt });
}

/** After the receiver set its stream anew: what waits may go at once. */
export async function makeDue(tx: Tx, streamId: RowId, at: Date): Promise<void> {
  await tx('event_tokens')
    .where({ stream_id: streamId, state: 'waiting' })
    .where('due_at', '>', at)
    .update({ due_at: at });
}

/** Streams in which something waited too long. */
export async function listStreamsBehind(db: Db | Tx, before: Date): Promise<RowId[]> {
  const rows = await db('event_tokens')
    .where({ state: 'waiting' })
    .where('created_at', '<', before)
    .distinct<{ stream_id: RowId }[]>('stream_id');
  return rows.map((row) => row.stream_id);
}

/** Drops what waited too long in a stream; gives how much that was. */
export async function dropOldTokens(
  tx: Tx,
  by: { streamId: RowId; before: Date; at: Date },
): Promise<number> {
  return tx('event_tokens')
    .where({ stream_id: by.streamId, state: 'waiting' })
    .where('created_at', '<', by.before)
    .update({ state: 'dropped', ended_at: by.at, body: null });
}

/** What a receiver that disabled its stream, or changed what it wants, is not told any more. */
export async function dropWaiting(
  tx: Tx,
  by: { streamId: RowId; unless: readonly string[]; at: Date },
): Promise<number> {
  return tx('event_tokens')
    .where({ stream_id: by.streamId, state: 'waiting' })
    .whereNotIn('event_type', [...by.unless])
    .update({ state: 'dropped', ended_at: by.at, body: null });
}

/** Forgets what was over before a day. */
export async function deleteEndedTokens(
  tx: Tx,
  by: { before: Date; limit: number },
): Promise<number> {
  const { rows } = await tx.raw<{ rows: unknown[] }>(
    `delete from event_tokens where id in (
       select id from event_tokens where ended_at < :before order by ended_at limit :limit
          for update skip locked) returning id`,
    { ...by },
  );
  return rows.length;
}
