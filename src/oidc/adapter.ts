import { Provider, errors } from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { addSeconds } from '../lib/clock.ts';
import {
  TOKEN_KINDS,
  consumePushedRequest,
  deleteToken,
  findPushedRequest,
  insertPushedRequest,
  insertReplay,
  isReplayKnown,
} from './artefact-store.ts';
import type { TokenKind } from './artefact-store.ts';
import { RequestReads } from './request-reads.ts';
import { PLACES, digestOf } from './request-scope.ts';
import type { Payload, RequestScope } from './request-scope.ts';
import { RequestWrites } from './request-writes.ts';

/** One request's store. */
export interface RequestStore {
  scope: RequestScope;
  reads: RequestReads;
  writes: RequestWrites;
}

export function createRequestStore(scope: RequestScope): RequestStore {
  const reads = new RequestReads(scope);
  return { scope, reads, writes: new RequestWrites(scope, reads) };
}

const stores = new WeakMap<object, RequestStore>();

/** Ties a store to a request of the library; the adapters find it through the library's own context. */
export function openRequestStore(ctx: object, scope: RequestScope): RequestStore {
  const store = createRequestStore(scope);
  stores.set(ctx, store);
  return store;
}

export function requestStoreOf(ctx: object): RequestStore | undefined {
  return stores.get(ctx);
}

/**
 * The library's storage port on PostgreSQL. Within a request of the library, reads are remembered and writes
 * recorded for one statement at its end; elsewhere (our own pages) each act is done at once.
 */
export function createAdapter(base: Omit<RequestScope, 'web' | 'serviceId'>) {
  const current = (): { store: RequestStore; atOnce: boolean } => {
    const ctx = Provider.ctx;
    const store = ctx && stores.get(ctx);
    if (store) return { store, atOnce: false };
    const scope = { ...base, web: null, serviceId: null };
    return { store: createRequestStore(scope), atOnce: true };
  };
  return (model: string): Adapter => {
    if (isTokenKind(model)) return tokenAdapter(model, current);
    const make = ADAPTERS[model];
    return make ? make(current) : unsupported(model);
  };
}

type Current = () => { store: RequestStore; atOnce: boolean };

const ADAPTERS: Record<string, (current: Current) => Adapter> = {
  Grant: grantAdapter,
  Session: sessionAdapter,
  Interaction: interactionAdapter,
  PushedAuthorizationRequest: pushedRequestAdapter,
  ReplayDetection: replayAdapter,
};

function isTokenKind(model: string): model is TokenKind {
  return (TOKEN_KINDS as readonly string[]).includes(model);
}

/** Does one act, and writes it where no request gathers the writes. */
async function act(current: Current, work: (store: RequestStore) => unknown): Promise<void> {
  const { store, atOnce } = current();
  await work(store);
  if (!atOnce) return;
  if ((await store.writes.flush({ failed: false })) === 'replayed') throw new errors.InvalidGrant();
}

const found = (payload: Payload | undefined): AdapterPayload | undefined => payload;

function tokenAdapter(kind: TokenKind, current: Current): Adapter {
  return {
    ...unsupported(kind),
    find: async (id) => found(await current().store.reads.token(kind, id)),
    upsert: (id, payload, seconds) =>
      act(current, ({ writes }) => writes.token(kind, id, { ...payload }, lifetime(seconds))),
    consume: (id) => act(current, ({ writes }) => writes.consume(id)),
    destroy: (id) => act(current, ({ scope }) => deleteToken(scope.app.db, digestOf(scope, id))),
    revokeByGrantId: (id) => act(current, ({ writes }) => writes.revokeGrant(id)),
  };
}

function grantAdapter(current: Current): Adapter {
  return {
    ...unsupported('Grant'),
    find: async (id) => found(await current().store.reads.grant(id)),
    upsert: (id, payload, seconds) =>
      act(current, ({ writes }) => {
        const sessionUid = Provider.ctx?.oidc.session?.uid ?? null;
        writes.grant(id, { ...payload }, lifetime(seconds), sessionUid);
      }),
    destroy: (id) => act(current, ({ writes }) => writes.revokeGrant(id)),
  };
}

function sessionAdapter(current: Current): Adapter {
  return {
    ...unsupported('Session'),
    find: async (id) => found(await current().store.reads.session(id)),
    findByUid: async (uid) => found(await current().store.reads.liveSession(uid)),
    upsert: (id, payload, seconds) =>
      act(current, ({ writes }) => writes.session(id, { ...payload }, lifetime(seconds))),
    destroy: (id) => act(current, ({ writes }) => writes.destroySession(id)),
  };
}

function interactionAdapter(current: Current): Adapter {
  return {
    ...unsupported('Interaction'),
    find: async (uid) => found(await current().store.reads.interaction(uid)),
    upsert: (uid, payload, seconds) =>
      act(current, ({ writes }) => writes.interaction(uid, { ...payload }, lifetime(seconds))),
    destroy: (uid) => act(current, ({ writes }) => writes.destroyInteraction(uid)),
  };
}

/** Pushed requests are rare and used once: each act is its own statement. */
function pushedRequestAdapter(current: Current): Adapter {
  return {
    ...unsupported('PushedAuthorizationRequest'),
    async find(id) {
      const { scope } = current().store;
      const idDigest = digestOf(scope, id);
      const row = await findPushedRequest(scope.app.db, idDigest);
      const payload = row && scope.seal.open(PLACES.pushed(idDigest), row.payload);
      if (!row || !payload) return undefined;
      return found({ ...payload, jti: id, ...(row.consumedAt ? { consumed: 1 } : {}) });
    },
    async upsert(id, { jti: _jti, ...payload }, seconds) {
      const { scope } = current().store;
      const idDigest = digestOf(scope, id);
      await insertPushedRequest(scope.app.db, {
        idDigest,
        payload: scope.seal.seal(PLACES.pushed(idDigest), payload),
        expiresAt: addSeconds(scope.app.clock.now(), lifetime(seconds)),
      });
    },
    async consume(id) {
      const { scope } = current().store;
      const at = scope.app.clock.now();
      if (!(await consumePushedRequest(scope.app.db, digestOf(scope, id), at)))
        throw new errors.InvalidRequestUri('request_uri was already used');
    },
  };
}

function replayAdapter(current: Current): Adapter {
  return {
    ...unsupported('ReplayDetection'),
    async find(id) {
      const { app } = current().store.scope;
      const now = app.clock.now();
      // The library only asks whether there is one.
      return (await isReplayKnown(app.db, id, now)) ? found({ jti: id }) : undefined;
    },
    async upsert(id, _payload, seconds) {
      const { app } = current().store.scope;
      const now = app.clock.now();
      const expiresAt = addSeconds(now, lifetime(seconds));
      if (!(await insertReplay(app.db, { id, expiresAt, now }))) throw new errors.InvalidGrant();
    },
  };
}

/** Every artefact of ours ends: one without a lifetime is a fault of configuration. */
function lifetime(seconds: number | undefined): number {
  if (seconds === undefined) throw new Error('The library stores something without an end.');
  return seconds;
}

/** Kinds and acts that no feature of ours uses: a fault where they are reached. */
function unsupported(model: string): Adapter {
  const refuse = () => Promise.reject(new Error(`No storage for this act on ${model}`));
  return {
    find: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    upsert: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}
