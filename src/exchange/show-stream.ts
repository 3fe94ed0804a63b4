import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import { ownApi } from '../oidc/own-api.ts';
import { callerOf } from '../oidc/service-guard.ts';
import type { Context } from '../web/context.ts';
import { EVENTS_SUPPORTED } from './event-types.ts';
import type { ShownStream } from './stream-schema.ts';
import { eventsDelivered, KEPT_SECONDS, METHODS, VERIFICATION_INTERVAL_SECONDS } from './stream.ts';
import type { Stream } from './stream.ts';
import { findStreamOf } from './stream-store.ts';

/** GET /.well-known/ssf-configuration: what we are as a transmitter (Shared Signals 1.0 §7.1). */
export async function showTransmitter(ctx: Context, app: App): Promise<void> {
  const api = ownApi(app);
  ctx.set('cache-control', 'public, max-age=300');
  ctx.set('access-control-allow-origin', '*');
  ctx.body = {
    spec_version: '1_0',
    issuer: app.config.ISSUER,
    jwks_uri: `${app.config.ISSUER}/oidc/jwks`,
    delivery_methods_supported: Object.values(METHODS),
    configuration_endpoint: `${api}/streams`,
    status_endpoint: `${api}/status`,
    verification_endpoint: `${api}/verification`,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  };
}

/** GET /ssf/streams: the caller's stream by its id, or without one the list of what it has (§8.1.1.2). */
export async function showStreams(ctx: Context, app: App): Promise<void> {
  const { stream_id: streamId } = ctx.query;
  const stream = await findStreamOf(app.db, callerOf(ctx).clientId);
  if (streamId === undefined) {
    ctx.body = stream ? [shownStream(app, stream)] : [];
    return;
  }
  if (!stream || stream.id !== streamId) throw new Fault('not_found');
  ctx.body = shownStream(app, stream);
}

/** As the receiver sees it. The header that it gave us is not told back. */
export function shownStream(app: Pick<App, 'config'>, stream: Stream): ShownStream {
  return {
    stream_id: stream.id,
    iss: app.config.ISSUER,
    aud: stream.serviceId,
    events_supported: [...EVENTS_SUPPORTED],
    ...(stream.eventsRequested ? { events_requested: stream.eventsRequested } : {}),
    events_delivered: eventsDelivered(stream),
    delivery: {
      method: METHODS[stream.method],
      endpoint_url: stream.endpointUrl ?? `${ownApi(app)}/streams/${stream.id}/events`,
    },
    min_verification_interval: VERIFICATION_INTERVAL_SECONDS,
    inactivity_timeout: KEPT_SECONDS,
    ...(stream.description === null ? {} : { description: stream.description }),
  };
}
