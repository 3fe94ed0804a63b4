import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { callerOf } from '../oidc/service-guard.ts';
import type { Context } from '../web/context.ts';
import { recordRefusal, recordTold } from './deliver-events.ts';
import { countWaiting, listNextTokens } from './event-token-store.ts';
import { bodyPlace } from './hand-to-stream.ts';
import { readInput } from './manage-stream.ts';
import { signEvent } from './sign-event.ts';
import type { SigningApp } from './sign-event.ts';
import { pollSchema } from './stream-schema.ts';
import type { Stream } from './stream.ts';
import { findStreamOf, noteHeard } from './stream-store.ts';

/** How long a poll may wait for something to come (RFC 8936 §2.4). */
const LONGEST_WAIT_MS = 20_000;
const LOOK_MS = 1000;
/** Polls that wait on this node; further ones are answered at once. */
const MOST_WAITING = 200;
let waitingPolls = 0;

type Poll = z.output<typeof pollSchema>;

/**
 * POST /ssf/streams/:id/events: acknowledges, and gets what waits (RFC 8936 §2). Of each person the oldest alone: the next one comes when
 * that is acknowledged, so order is kept however a receiver works through an answer. What is not acknowledged comes again.
 */
export async function pollEvents(ctx: Context, app: SigningApp): Promise<void> {
  const asked = await readInput(ctx, pollSchema);
  const service = callerOf(ctx);
  const stream = await findStreamOf(app.db, service.clientId);
  if (!stream || stream.id !== ctx.state.params.id) throw new Fault('not_found');
  if (stream.method !== 'poll')
    throw new Fault('conflict', { detail: 'This stream pushes: change its delivery to poll.' });
  await acknowledge(app, stream, asked);
  if (stream.state !== 'enabled' || asked.maxEvents === 0) {
    ctx.body = { sets: {}, moreAvailable: false };
    return;
  }
  ctx.body = await waitForEvents(ctx, app, stream, asked);
}

async function acknowledge(app: SigningApp, stream: Stream, asked: Poll): Promise<void> {
  const ids = asked.ack.flatMap((jti) => RowId.parse(jti) ?? []);
  const refused = Object.entries(asked.setErrs);
  await transact(app.db, async (tx) => {
    await noteHeard(tx, stream.id, app.clock.now());
    await recordTold(tx, app, stream, ids);
    if (refused.length === 0) return;
    const waiting = await listNextTokens(tx, { streamId: stream.id, now: null, limit: 1000 });
    for (const [jti, { err }] of refused) {
      const token = waiting.find(({ id }) => id === jti);
      const error = /^[\w.-]{1,60}$/.test(err) ? err : 'invalid_request';
      // Its receiver says that it will not have it: coming again would change nothing (RFC 8936 §2.6).
      if (token) await recordRefusal(tx, app, stream, { token, error, atOnce: true });
    }
  });
}

async function waitForEvents(
  ctx: Context,
  app: SigningApp,
  stream: Stream,
  asked: Poll,
): Promise<{ sets: Record<string, string>; moreAvailable: boolean }> {
  const mayWait = !asked.returnImmediately && waitingPolls < MOST_WAITING;
  const until = performance.now() + (mayWait ? LONGEST_WAIT_MS : 0);
  waitingPolls += 1;
  try {
    for (;;) {
      const found = await collect(app, stream, asked.maxEvents);
      const isOver = performance.now() >= until || ctx.req.socket.destroyed;
      if (Object.keys(found.sets).length > 0 || isOver) return found;
      await sleep(LOOK_MS);
    }
  } finally {
    waitingPolls -= 1;
  }
}

async function collect(app: SigningApp, stream: Stream, limit: number) {
  const tokens = await listNextTokens(app.db, { streamId: stream.id, now: null, limit });
  if (tokens.length === 0) return { sets: {}, moreAvailable: false };
  const key = await app.cipher.openDataKey(app.db, stream.dataKeyId);
  const signed = tokens.map(async ({ id, createdAt, body }) => {
    const text = key.decrypt(bodyPlace(id), body).toString('utf8');
    const { serviceId } = stream;
    return [id, await signEvent(app, { id, serviceId, createdAt, body: text })] as const;
  });
  const waiting = await countWaiting(app.db, stream.id);
  return {
    sets: Object.fromEntries(await Promise.all(signed)),
    moreAvailable: waiting > tokens.length,
  };
}
