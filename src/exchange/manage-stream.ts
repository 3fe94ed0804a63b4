import { appendAudit } from '../audit/append.ts';
import type { Service } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { callerOf } from '../oidc/service-guard.ts';
import { parseBody } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import type { z } from 'zod';
import { authorizationPlace } from './deliver-events.ts';
import { VERIFICATION } from './event-types.ts';
import { dropWaiting, makeDue } from './event-token-store.ts';
import { enqueueDelivery } from './hand-to-stream.ts';
import {
  changedStreamSchema,
  endpointFault,
  newStreamSchema,
  replacedStreamSchema,
} from './stream-schema.ts';
import type { NewStream, StreamChange } from './stream-schema.ts';
import { shownStream } from './show-stream.ts';
import { eventsDelivered, METHODS } from './stream.ts';
import type { Stream } from './stream.ts';
import { deleteStream, findStreamOf, insertStream, updateStream } from './stream-store.ts';

/** POST /ssf/streams: a service makes its stream (Shared Signals 1.0 §8.1.1.1). One a service: a second answers 409. */
export async function createStream(ctx: Context, app: App): Promise<void> {
  const service = callerOf(ctx);
  const asked = await readInput(ctx, newStreamSchema);
  checkDelivery(app, asked.delivery);
  const made = await transact(app.db, async (tx) => {
    const key = await app.cipher.makeDataKey(tx);
    const now = app.clock.now();
    const id = RowId.make(app);
    const blank: Stream = {
      id,
      serviceId: service.clientId,
      state: 'enabled',
      reason: null,
      method: 'poll',
      endpointUrl: null,
      dataKeyId: key.id,
      authorizationSealed: null,
      eventsRequested: null,
      description: null,
      createdAt: now,
      verificationAskedAt: null,
      heardAt: now,
      failures: 0,
      failingSince: null,
      retryAt: null,
    };
    const stream = await withSettings(tx, app, blank, asked);
    if (!(await insertStream(tx, stream)))
      throw new Fault('conflict', {
        detail: 'This service has a stream: read it, then change or delete it.',
      });
    await appendStreamAudit(tx, app, 'exchange.stream_created', stream);
    return stream;
  });
  ctx.status = 201;
  ctx.body = shownStream(app, made);
}

/** PATCH /ssf/streams: changes what is named (§8.1.1.3). */
export async function changeStream(ctx: Context, app: App): Promise<void> {
  const asked = await readInput(ctx, changedStreamSchema);
  await change(ctx, app, asked, (stream) => ({
    ...asked,
    events_requested: asked.events_requested ?? stream.eventsRequested ?? undefined,
    description: asked.description ?? stream.description ?? undefined,
  }));
}

/** PUT /ssf/streams: puts a whole configuration in place (§8.1.1.4). */
export async function replaceStream(ctx: Context, app: App): Promise<void> {
  const asked = await readInput(ctx, replacedStreamSchema);
  await change(ctx, app, asked, () => asked);
}

type Settings = {
  delivery?: NewStream['delivery'] | undefined;
  events_requested?: string[] | undefined;
  description?: string | undefined;
};

async function change(
  ctx: Context,
  app: App,
  asked: StreamChange,
  settingsOf: (stream: Stream) => Settings,
): Promise<void> {
  const service = callerOf(ctx);
  if (asked.delivery) checkDelivery(app, asked.delivery);
  const changed = await transact(app.db, async (tx) => {
    const stream = await ownStream(tx, service, asked.stream_id);
    checkOurs(app, stream, asked);
    const after = await withSettings(tx, app, stream, settingsOf(stream));
    const now = app.clock.now();
    await updateStream(tx, after, now);
    await dropWaiting(tx, {
      streamId: stream.id,
      unless: [...eventsDelivered(after), VERIFICATION],
      at: now,
    });
    await makeDue(tx, stream.id, now);
    if (after.method === 'push' && after.state === 'enabled') await enqueueDelivery(tx, after.id);
    await appendStreamAudit(tx, app, 'exchange.stream_changed', after);
    return after;
  });
  ctx.body = shownStream(app, changed);
}

/** DELETE /ssf/streams?stream_id=…: what waits is gone with it (§8.1.1.5). */
export async function removeStream(ctx: Context, app: App): Promise<void> {
  const service = callerOf(ctx);
  await transact(app.db, async (tx) => {
    const stream = await ownStream(tx, service, ctx.query.stream_id);
    await deleteStream(tx, stream.id);
    await app.cipher.destroyDataKey(tx, stream.dataKeyId);
    await appendStreamAudit(tx, app, 'exchange.stream_removed', stream);
  });
  ctx.status = 204;
}

/** The caller's own stream, locked. Another's is answered as one that never was. */
export async function ownStream(tx: Tx, service: Service, streamId: unknown): Promise<Stream> {
  const stream = await findStreamOf(tx, service.clientId, 'lock');
  if (!stream || stream.id !== streamId) throw new Fault('not_found');
  return stream;
}

/** Parses a JSON body. Throws `bad_request` (400, as §8 wants it) with the path of the first thing wrong. */
export async function readInput<Value>(ctx: Context, schema: z.ZodType<Value>): Promise<Value> {
  const { json } = await parseBody(ctx);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const detail = `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is not valid'}`;
  throw new Fault('bad_request', { detail });
}

function checkDelivery(app: App, delivery: NewStream['delivery']): void {
  const fault = delivery.method === METHODS.push ? endpointFault(app, delivery.endpoint_url) : null;
  if (fault) throw new Fault('bad_request', { detail: `delivery.endpoint_url: ${fault}` });
}

/** What is ours to say may come along, but only as it is. */
function checkOurs(app: App, stream: Stream, asked: StreamChange): void {
  const shown: Record<string, unknown> = shownStream(app, stream);
  const given: Record<string, unknown> = asked;
  for (const name of OURS)
    if (given[name] !== undefined && JSON.stringify(given[name]) !== JSON.stringify(shown[name]))
      throw new Fault('bad_request', { detail: `${name}: is not yours to change` });
}

const OURS = [
  'iss',
  'aud',
  'events_supported',
  'min_verification_interval',
  'inactivity_timeout',
] as const;

async function withSettings(
  tx: Tx,
  app: App,
  stream: Stream,
  { delivery, events_requested: requested, description }: Settings,
): Promise<Stream> {
  const common = {
    ...stream,
    eventsRequested: requested ?? null,
    description: description ?? null,
  };
  if (!delivery) return common;
  if (delivery.method === METHODS.poll)
    return { ...common, method: 'poll', endpointUrl: null, authorizationSealed: null };
  const { authorization_header: authorization, endpoint_url: endpointUrl } = delivery;
  const key = await app.cipher.openDataKey(tx, stream.dataKeyId);
  const place = authorizationPlace(stream.id);
  // It is never shown, so a configuration that was read and sent back lacks it: to the same address it stays.
  const kept = stream.endpointUrl === endpointUrl ? stream.authorizationSealed : null;
  const sealed = authorization === undefined ? kept : key.encrypt(place, authorization);
  return { ...common, method: 'push', endpointUrl, authorizationSealed: sealed };
}

export function appendStreamAudit(
  tx: Tx,
  app: App,
  action: 'exchange.stream_created' | 'exchange.stream_changed' | 'exchange.stream_removed',
  stream: Stream,
): Promise<void> {
  return appendAudit(tx, app, {
    action,
    actor: { kind: 'service', id: stream.serviceId },
    subject: { kind: 'service', id: stream.serviceId },
    details: { streamId: stream.id, method: stream.method, state: stream.state },
  });
}
