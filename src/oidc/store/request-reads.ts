import type { Aal } from '../../assurance/acr.ts';
import {
  findGrantRow,
  findInteractionRow,
  findSessionBundle,
  findTokenBundle,
} from './artefact-store.ts';
import type { SessionBundle, TokenBundle, TokenKind } from './artefact-store.ts';
import { PLACES, digestOf } from './request-scope.ts';
import type { Payload, RequestScope } from './request-scope.ts';

/** A session as it was read, to tell later whether it changed. */
export interface LoadedSession {
  bundle: SessionBundle;
  payload: Payload;
}

/**
 * What one request reads, each thing once: a token brings its grant and session along, a session the grant of
 * the service that asks. Remembered by id, not by kind: introspection looks one token up under three kinds.
 */
export class RequestReads {
  readonly #scope: RequestScope;
  readonly #tokens = new Map<string, Promise<TokenBundle | null>>();
  readonly #grants = new Map<string, Promise<Payload | undefined>>();
  readonly #liveSessions = new Map<string, Promise<Payload | undefined>>();
  readonly #loadedSessions = new Map<string, LoadedSession>();
  #source: TokenBundle['token'] | null = null;
  #aal: Aal | null = null;

  constructor(scope: RequestScope) {
    this.#scope = scope;
  }

  /** The code or token in use. */
  get source(): TokenBundle['token'] | null {
    return this.#source;
  }

  /**
   * The AAL of the sign-in that this request acts on: that of the code or token in use, else that of our session.
   * What is issued has it, and it never rises later. Null where no person signed in.
   */
  get aal(): Aal | null {
    return this.#aal ?? this.#scope.web?.aal ?? null;
  }

  /** For artefacts that are no tokens of this store (a device code): the sign-in that approved them. */
  actOn(signIn: { aal: Aal }): void {
    this.#aal = signIn.aal;
  }

  bundleOf(value: string): Promise<TokenBundle | null> {
    const known = this.#tokens.get(value);
    if (known) return known;
    const found = this.#loadToken(value);
    this.#tokens.set(value, found);
    return found;
  }

  async token(kind: TokenKind, value: string): Promise<Payload | undefined> {
    const bundle = await this.bundleOf(value);
    if (bundle?.token.kind !== kind) return undefined;
    const { token } = bundle;
    const payload = this.#scope.seal.open(PLACES.token(token.idDigest), token.payload);
    if (!payload) return undefined;
    this.#source = token;
    if (token.aal !== null) this.actOn({ aal: token.aal });
    const consumed = token.consumedAt ? { consumed: seconds(token.consumedAt) } : {};
    return { ...payload, ...consumed, jti: value };
  }

  async grant(id: string): Promise<Payload | undefined> {
    const known = this.#grants.get(id);
    const found =
      known ?? findGrantRow(this.#scope.app.db, id).then((row) => row?.payload ?? undefined);
    this.#grants.set(id, found);
    const payload = await found;
    // The library keeps and changes what it is given.
    return payload && { ...structuredClone(payload), jti: id };
  }

  /** After it was saved (`payload`) or revoked (undefined) in this request. */
  rememberGrant(id: string, payload: Payload | undefined): void {
    this.#grants.set(id, Promise.resolve(payload));
  }

  /** By the browser's cookie. It counts only while our own session does, and for the same account. */
  async session(cookie: string): Promise<Payload | undefined> {
    const { app, web, serviceId } = this.#scope;
    const idDigest = digestOf(this.#scope, cookie);
    const bundle = await findSessionBundle(app.db, { idDigest, serviceId, now: app.clock.now() });
    if (!bundle) return undefined;
    const { session, grant } = bundle;
    if (session.accountId !== null && session.accountId !== web?.accountId) return undefined;
    const payload = this.#openSession(session.uid, session.payload);
    if (!payload) return undefined;
    if (grant) this.rememberGrant(grant.id, grant.payload);
    this.#loadedSessions.set(session.uid, { bundle, payload: structuredClone(payload) });
    // One session is ours: how and when the person signed in is read from it, never from a copy.
    const signIn =
      session.accountId === null || web === null
        ? {}
        : { loginTs: seconds(web.authTime), amr: web.amr };
    return { ...payload, ...signIn, jti: cookie };
  }

  /** By name, for what is bound to it: undefined as soon as our session was ended. */
  liveSession(uid: string): Promise<Payload | undefined> {
    const known = this.#liveSessions.get(uid);
    if (known) return known;
    const found = findSessionBundle(this.#scope.app.db, { uid }).then((bundle) =>
      bundle?.session.live ? this.#openSession(uid, bundle.session.payload) : undefined,
    );
    this.#liveSessions.set(uid, found);
    return found;
  }

  /** The session of this name as it was read in this request. */
  loadedSession(uid: string): LoadedSession | undefined {
    return this.#loadedSessions.get(uid);
  }

  async interaction(uid: string): Promise<Payload | undefined> {
    const sealed = await findInteractionRow(this.#scope.app.db, uid);
    const payload = sealed && this.#scope.seal.open(PLACES.interaction(uid), sealed);
    return payload ? { ...payload, jti: uid } : undefined;
  }

  async #loadToken(value: string): Promise<TokenBundle | null> {
    const bundle = await findTokenBundle(this.#scope.app.db, digestOf(this.#scope, value));
    if (!bundle) return null;
    const { token, grant, session } = bundle;
    if (grant) this.rememberGrant(grant.id, grant.payload);
    if (token.sessionUid !== null) {
      const payload = session?.live ? this.#openSession(session.uid, session.payload) : undefined;
      this.#liveSessions.set(token.sessionUid, Promise.resolve(payload));
    }
    return bundle;
  }

  #openSession(uid: string, sealed: Buffer): Payload | undefined {
    return this.#scope.seal.open(PLACES.session(uid), sealed) ?? undefined;
  }
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
