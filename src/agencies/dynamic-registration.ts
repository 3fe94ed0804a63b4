import { timingSafeEqual } from 'node:crypto';
import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { readBytes } from '../web/body.ts';
import { bearerToken } from '../web/bearer-token.ts';
import type { Context } from '../web/context.ts';
import { countCaller } from '../web/rate-limit.ts';
import { addService, hasSecret, toService } from './add-service.ts';
import { findService } from './find-service.ts';
import { ofDynamic, toMetadata } from './dynamic-metadata.ts';
import { registrationSchema } from './registration.ts';
import {
  findManagement,
  markServiceRemoved,
  setManagement,
  takeRegistrationToken,
} from './registration-token-store.ts';
import type { RegistrationTerms } from './registration-token.ts';
import type { Service } from './service.ts';
import { updateService } from './store.ts';

const MOST_BYTES = 64 * 1024;
const CALLS = { name: 'dynamic-registration', calls: 60, windowSeconds: 300 };

/** RFC 7591 §3.2.2, RFC 6750 §3.1. */
type Refusal =
  | { error: 'invalid_token'; description: string }
  | { error: 'invalid_client_metadata' | 'invalid_redirect_uri'; description: string };

/**
 * POST /oidc/registration: registers a service by program (RFC 7591 §3, OpenID Connect Registration 1.0 §3). The bearer
 * is an initial access token: it says whose service it is and what it may ask; metadata that we do not know is ignored.
 */
export async function registerService(ctx: Context, app: App): Promise<void> {
  await countCaller(ctx, app, CALLS);
  const token = bearerToken(ctx);
  const metadata = await readMetadata(ctx);
  const refusalOr = await transact(app.db, async (tx) => {
    const now = app.clock.now();
    const taken =
      token && (await takeRegistrationToken(tx, digestToken(app.keys.tokenDigestKey, token), now));
    if (!taken) throw new Refused(NO_TOKEN);
    if (!metadata) throw new Refused(NOT_JSON);
    const actor: Actor = { kind: 'system', id: null };
    const file = ofDynamic(metadata, taken.terms);
    const added = await addService(tx, app, { metadata: file, actor });
    if (!added.ok) throw new Refused(refusalOf(added));
    const { service, secret } = added;
    const management = app.random.token();
    await setManagement(tx, service.clientId, {
      managementDigest: digestToken(app.keys.tokenDigestKey, management),
      registrationTokenId: taken.id,
    });
    return { service, secret, management, issuedAt: now };
  }).catch(whereRefused);
  if ('error' in refusalOr) return refuse(ctx, refusalOr);
  answer(ctx, 201, {
    ...toMetadata(refusalOr.service, refusalOr.issuedAt),
    ...secretPart(refusalOr.secret),
    registration_access_token: refusalOr.management,
    registration_client_uri: managementUri(app, refusalOr.service.clientId),
  });
}

/** GET /oidc/registration/:id: what is registered (RFC 7592 §2.1). Secrets are told once, at registration. */
export async function readRegistration(ctx: Context, app: App): Promise<void> {
  const managed = await managedService(ctx, app, app.db);
  if (!managed) return refuse(ctx, NO_TOKEN);
  answer(ctx, 200, {
    ...toMetadata(managed.service, managed.createdAt),
    registration_client_uri: managementUri(app, managed.service.clientId),
  });
}

/** PUT /oidc/registration/:id: puts this metadata in place of what is registered (RFC 7592 §2.2); policy stays. */
export async function replaceRegistration(ctx: Context, app: App): Promise<void> {
  const metadata = await readMetadata(ctx);
  const outcome = await transact(app.db, async (tx) => {
    const managed = await managedService(ctx, app, tx);
    if (!managed) throw new Refused(NO_TOKEN);
    if (!metadata) throw new Refused(NOT_JSON);
    const { service, terms } = managed;
    const faults = immutableFaults(app, metadata, service);
    if (faults) throw new Refused(faults);
    const file = { ...ofDynamic(metadata, terms), client_id: service.clientId };
    const read = registrationSchema(app.config).safeParse(file);
    if (!read.success) throw new Refused(refusalOf({ faults: read.error.issues }));
    const fresh = hasSecret(read.data) && !service.secretDigest ? app.random.token() : null;
    const kept = hasSecret(read.data) ? service.secretDigest : null;
    const secretDigest = fresh ? digestToken(app.keys.tokenDigestKey, fresh) : kept;
    const changed = {
      ...toService(app, { registration: read.data, agency: service.agency, secretDigest }),
      state: service.state,
    };
    await updateService(tx, changed, app.clock.now());
    await appendAudit(tx, app, {
      action: 'agencies.service_changed',
      actor: { kind: 'system', id: null },
      subject: { kind: 'service', id: service.clientId },
      details: { minimumIal: changed.demands.minimum.ial, claims: changed.claims },
    });
    return { service: changed, secret: fresh, createdAt: managed.createdAt };
  }).catch(whereRefused);
  if ('error' in outcome) return refuse(ctx, outcome);
  answer(ctx, 200, {
    ...toMetadata(outcome.service, outcome.createdAt),
    ...secretPart(outcome.secret),
    registration_client_uri: managementUri(app, outcome.service.clientId),
  });
}

/** DELETE /oidc/registration/:id: nobody signs in there from now on, and its tokens are worth nothing (RFC 7592 §2.3). */
export async function removeRegistration(ctx: Context, app: App): Promise<void> {
  const removed = await transact(app.db, async (tx) => {
    const managed = await managedService(ctx, app, tx);
    if (!managed) return false;
    const { clientId, agency } = managed.service;
    await markServiceRemoved(tx, clientId, app.clock.now());
    await appendAudit(tx, app, {
      action: 'agencies.service_removed',
      actor: { kind: 'system', id: null },
      subject: { kind: 'service', id: clientId },
      details: { agency: agency.id },
    });
    return true;
  });
  if (!removed) return refuse(ctx, NO_TOKEN);
  ctx.status = 204;
}

const NO_TOKEN: Refusal = {
  error: 'invalid_token',
  description:
    'send a live token as Authorization: Bearer; it may be used up, expired or of another service',
};
const NOT_JSON: Refusal = {
  error: 'invalid_client_metadata',
  description: 'the body must be one JSON object of at most 64 KiB, as application/json',
};

/** Ends the transaction without being a fault. */
class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.error);
    this.refusal = refusal;
  }
}

function whereRefused(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  throw error;
}

interface Faults {
  faults: readonly { path: PropertyKey[] | string; message: string }[];
}

function refusalOf(result: Faults | { reason: 'client_id_taken' }): Refusal {
  if (!('faults' in result))
    return { error: 'invalid_client_metadata', description: 'client_id: is taken' };
  const first = result.faults[0];
  const path = Array.isArray(first?.path) ? first.path.join('.') : (first?.path ?? '');
  return {
    error: path.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    description: `${path || 'the metadata'}: ${first?.message ?? 'is not valid'}`,
  };
}

/** RFC 7592 §2.2: the id must be there and the same; a secret may be there, but only the one that is in force. */
function immutableFaults(
  app: App,
  metadata: Record<string, unknown>,
  service: Service,
): Refusal | null {
  const wrong = (description: string): Refusal => ({
    error: 'invalid_client_metadata',
    description,
  });
  if (metadata.client_id !== service.clientId)
    return wrong('client_id: must be that of this registration');
  const { client_secret: secret } = metadata;
  if (secret === undefined) return null;
  const digest = typeof secret === 'string' && digestToken(app.keys.tokenDigestKey, secret);
  if (!digest || !service.secretDigest || !timingSafeEqual(digest, service.secretDigest))
    return wrong('client_secret: must be the one in force, or left out');
  return null;
}

/** The service of the address, if the bearer is the token that manages it. One answer for whatever is wrong. */
async function managedService(
  ctx: Context,
  app: App,
  db: App['db'] | Tx,
): Promise<{ service: Service; terms: RegistrationTerms; createdAt: Date } | null> {
  const token = bearerToken(ctx);
  const clientId = ctx.state.params.id ?? '';
  const management = token ? await findManagement(db, clientId) : null;
  if (!token || !management) return null;
  const given = digestToken(app.keys.tokenDigestKey, token);
  if (!timingSafeEqual(given, management.managementDigest)) return null;
  const service = await findService(db, clientId);
  return service && { service, ...management };
}

async function readMetadata(ctx: Context): Promise<Record<string, unknown> | null> {
  if (!ctx.is('application/json')) return null;
  const bytes = await readBytes(ctx, MOST_BYTES);
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** RFC 7591 §3.2.1: a secret that never ends says so. */
function secretPart(secret: string | null): Record<string, unknown> {
  return secret === null ? {} : { client_secret: secret, client_secret_expires_at: 0 };
}

function managementUri(app: App, clientId: string): string {
  return `${app.config.ISSUER}/oidc/registration/${clientId}`;
}

function answer(ctx: Context, status: number, body: Record<string, unknown>): void {
  ctx.status = status;
  ctx.set('cache-control', 'no-store');
  ctx.body = body;
}

function refuse(ctx: Context, { error, description }: Refusal): void {
  const isToken = error === 'invalid_token';
  if (isToken) ctx.set('www-authenticate', `Bearer realm="registration", error="invalid_token"`);
  answer(ctx, isToken ? 401 : 400, { error, error_description: description });
}
