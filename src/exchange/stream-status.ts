import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { callerOf } from '../oidc/service-guard.ts';
import type { Context } from '../web/context.ts';
import { VERIFICATION } from './event-types.ts';
import { dropWaiting, makeDue } from './event-token-store.ts';
import { enqueueDelivery, handToStream } from './hand-to-stream.ts';
import { appendStreamAudit, ownStream, readInput } from './manage-stream.ts';
import { statusSchema, verificationSchema } from './stream-schema.ts';
import { takesEvents, VERIFICATION_INTERVAL_SECONDS } from './stream.ts';
import type { Stream } from './stream.ts';
import { findStreamOf, noteVerification, updateStream } from './stream-store.ts';

/** GET /ssf/status?stream_id=…: is it enabled, and if not, why (Shared Signals 1.0 §8.1.2.1). */
export async function showStatus(ctx: Context, app: App): Promise<void> {
  const stream = await findStreamOf(app.db, callerOf(ctx).clientId);
  if (!stream || stream.id !== ctx.query.stream_id) throw new Fault('not_found');
  ctx.body = shownStatus(stream);
}

/**
 * POST /ssf/status: its receiver enables, pauses or disables it (§8.1.2.2). Paused, events are kept for it; disabled, those that
 * wait are dropped and none is kept. Enabled, what waits goes at once, whatever failed before.
 */
export async function changeStatus(ctx: Context, app: App): Promise<void> {
  const asked = await readInput(ctx, statusSchema);
  const changed = await transact(app.db, async (tx) => {
    const stream = await ownStream(tx, callerOf(ctx), asked.stream_id);
    const now = app.clock.now();
    const given = asked.reason ?? 'set by its receiver';
    const reason = asked.status === 'enabled' ? null : given;
    const after: Stream = { ...stream, state: asked.status, reason };
    await updateStream(tx, after, now);
    if (!takesEvents(after)) await dropWaiting(tx, { streamId: stream.id, unless: [], at: now });
    await makeDue(tx, stream.id, now);
    if (after.state === 'enabled' && after.method === 'push') await enqueueDelivery(tx, after.id);
    await appendStreamAudit(tx, app, 'exchange.stream_changed', after);
    return after;
  });
  ctx.body = shownStatus(changed);
}

/** POST /ssf/verification: an event with the caller's own `state` goes the way that all others go (§8.1.4.2). */
export async function verifyStream(ctx: Context, app: App): Promise<void> {
  const asked = await readInput(ctx, verificationSchema);
  await transact(app.db, async (tx) => {
    const stream = await ownStream(tx, callerOf(ctx), asked.stream_id);
    if (!takesEvents(stream))
      throw new Fault('conflict', { detail: 'The stream is disabled: nothing is sent.' });
    const at = app.clock.now();
    const notSince = addSeconds(at, -VERIFICATION_INTERVAL_SECONDS);
    if (!(await noteVerification(tx, stream.id, { at, notSince })))
      throw new Fault('too_many_requests', { retryAfterSeconds: VERIFICATION_INTERVAL_SECONDS });
    await handToStream(tx, app, {
      stream,
      subject: `stream:${stream.id}`,
      source: `verification:${at.toISOString()}`,
      body: {
        sub_id: { format: 'opaque', id: stream.id },
        events: { [VERIFICATION]: asked.state === undefined ? {} : { state: asked.state } },
      },
    });
  });
  ctx.status = 204;
}

function shownStatus({ id, state, reason }: Stream) {
  return { stream_id: id, status: state, ...(reason === null ? {} : { reason }) };
}
