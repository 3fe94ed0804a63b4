import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { enqueue } from '../lib/outbox.ts';
import { deleteExpired } from './expiry-store.ts';

const JOB = 'remove_expired_oidc';
const EVERY_SECONDS = 300;
const BATCH = 500;
/** A notice may bring somebody back as late as a case lives, and a while after its decision. */
const RETURN_GRACE_SECONDS = 30 * 86_400;

/** The job: clears what has expired in small batches, and goes on at once where there is more. */
export async function removeExpired(_payload: Record<string, unknown>, app: App): Promise<void> {
  const now = app.clock.now();
  const returnsBefore = addSeconds(now, -(app.config.CASE_SECONDS + RETURN_GRACE_SECONDS));
  for (let batches = 0; batches < 40; batches++) {
    const removed = await deleteExpired(app.db, { now, returnsBefore, limit: BATCH });
    if (removed < BATCH) return;
  }
  await transact(app.db, (tx) => enqueue(tx, JOB, {}, { key: JOB }));
}

/**
 * Asks for the job every few minutes for as long as there are requests: where none come, nothing grows. One job
 * for all nodes, whoever asks.
 */
export function sweeper(app: App): () => void {
  let dueAt = addSeconds(app.clock.now(), EVERY_SECONDS);
  return () => {
    const now = app.clock.now();
    if (now < dueAt) return;
    dueAt = addSeconds(now, EVERY_SECONDS);
    transact(app.db, (tx) => enqueue(tx, JOB, {}, { key: JOB })).catch((error: unknown) =>
      app.log.warn({ err: error }, 'expired artefacts wait for the next sweep'),
    );
  };
}
