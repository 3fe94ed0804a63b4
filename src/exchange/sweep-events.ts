import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { pauseByUs } from './deliver-events.ts';
import { deleteEndedTokens, dropOldTokens, listStreamsBehind } from './event-token-store.ts';
import { enqueueDelivery } from './hand-to-stream.ts';
import { endOpenNotices } from './status-notice-store.ts';
import { KEPT_SECONDS, REMEMBERED_SECONDS } from './stream.ts';
import { findStream, listStreamsToPush } from './stream-store.ts';

const AT_ONCE = 1000;
const MOST_STEPS = 50;

/**
 * Job `sweep_events`, hourly: drops what waited a week, and pauses the streams it waited in, with the reason; forgets what was over a
 * month ago; sends what lies about because its job was lost or its service was suspended meanwhile.
 */
export async function sweepEvents(_payload: Record<string, unknown>, app: App): Promise<void> {
  const now = app.clock.now();
  const before = addSeconds(now, -KEPT_SECONDS);
  for (const streamId of await listStreamsBehind(app.db, before))
    await transact(app.db, async (tx) => {
      const stream = await findStream(tx, streamId, 'lock');
      const count = stream ? await dropOldTokens(tx, { streamId, before, at: now }) : 0;
      const reason = `${count} events waited for 7 days and were dropped. Collect or accept events, set status to enabled, and read again what you keep of people.`;
      if (stream && count > 0) await pauseByUs(tx, app, stream, reason);
    });
  await transact(app.db, (tx) => endOpenNotices(tx, { before, at: now }));
  for (let step = 0; step < MOST_STEPS; step++) {
    const past = addSeconds(now, -REMEMBERED_SECONDS);
    const gone = await transact(app.db, (tx) =>
      deleteEndedTokens(tx, { before: past, limit: AT_ONCE }),
    );
    if (gone < AT_ONCE) break;
  }
  await transact(app.db, async (tx) => {
    for (const id of await listStreamsToPush(tx, { now, limit: AT_ONCE }))
      await enqueueDelivery(tx, id);
  });
}
