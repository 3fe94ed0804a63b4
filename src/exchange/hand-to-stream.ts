import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { EventBody } from './event-types.ts';
import { insertToken } from './event-token-store.ts';
import type { Stream } from './stream.ts';

/** A token is sealed until it goes: what it says of a person is no more for the database than anything else of them. */
export const bodyPlace = (id: RowId) => ({ table: 'event_tokens', column: 'body', row: id });

/**
 * Puts one event in a stream's queue, in the transaction that found it due, and has it sent. `source` names what it tells
 * of: a stream that has it already is not told twice. `subject`: within it, order is kept.
 */
export async function handToStream(
  tx: Tx,
  app: App,
  given: {
    stream: Stream;
    subject: string;
    source: string;
    body: EventBody;
    eventId?: RowId;
  },
): Promise<boolean> {
  const { stream, subject, source, body, eventId = null } = given;
  const [eventType] = Object.keys(body.events);
  if (eventType === undefined) throw new Error('A security event without an event.');
  const id = RowId.make(app);
  const key = await app.cipher.openDataKey(tx, stream.dataKeyId);
  const isNew = await insertToken(tx, {
    id,
    streamId: stream.id,
    subject,
    source,
    eventType,
    body: key.encrypt(bodyPlace(id), JSON.stringify(body)),
    eventId,
    createdAt: app.clock.now(),
  });
  if (isNew && stream.method === 'push' && stream.state === 'enabled')
    await enqueueDelivery(tx, stream.id);
  return isNew;
}

/**
 * Of several events one job: it sends all that wait. One that is to run later has a key of its own, by why: it must not take the
 * place of one that is to run now, nor of one that was planned for another reason.
 */
export function enqueueDelivery(
  tx: Tx,
  streamId: RowId,
  later?: { runAt: Date; because: 'busy' | 'not_due' },
): Promise<void> {
  const key = `deliver_events:${streamId}${later ? `:${later.because}` : ''}`;
  const options = later ? { key, runAt: later.runAt } : { key };
  return enqueue(tx, 'deliver_events', { streamId }, options);
}
