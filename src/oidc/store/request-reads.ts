import type { Aal } from '../../assurance/acr.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { Standing } from '../../registry/standing.ts';
import type { Acting, ConsentParties } from '../acting/parties.ts';
import type { Consent } from '../consent-store.ts';
import { findGrantRow, findInteractionRow, findSessionBundle } from './artefact-store.ts';
import type { SessionBundle, StoredGrant, TokenBundle, TokenKind } from './artefact-store.ts';
import type { BrowserBundle } from './browser-store.ts';
import { lanesOf } from './lanes.ts';
import { PLACES, digestOf } from './request-scope.ts';
import type { Payload, RequestScope } from './request-scope.ts';

/** A session as it was read, to tell later whether it changed. */
export interface LoadedSession {
  bundle: SessionBundle;
  /** The payload as JSON. */
  text: string;
}

type KnownGrant = Omit<StoredGrant, 'id'>;

/**
 * What one request reads, each thing once: a token brings its grant and session along, a session the grant of
 * the service that asks. Remembered by id, not by kind: introspection looks one token up under three kinds.
 */
export class RequestReads {
  readonly #scope: RequestScope;
  readonly #tokens = new Map<string, Promise<TokenBundle | null>>();
  /** The payload as JSON: the library keeps and changes what it is given. */
  readonly #grants = new Map<string, Promise<KnownGrant | undefined>>();
  readonly #standings = new Map<AccountId, Standing | null>();
  readonly #liveSessions = new Map<string, Promise<Payload | undefined>>();
  readonly #loadedSessions = new Map<string, LoadedSession>();
  #source: TokenBundle['token'] | null = null;
  #aal: Aal | null = null;
  /** Undefined until it is known. */
  #acting: Acting | null | undefined;

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

  /**
   * For whom the person who signed in acts: as they chose in this sign-in, else as the grant of the code or token in use
   * says. Null where they act for nobody.
   */
  get acting(): Acting | null {
    return this.#acting ?? null;
  }

  /** As was chosen in this sign-in: outranks what a grant from before says. */
  actFor(acting: Acting | null): void {
    this.#acting = acting;
  }

  #underGrant({ accountId, wardId }: KnownGrant): void {
    if (this.#acting !== undefined) return;
    this.#acting = wardId === null ? null : { guardianId: accountId, wardId };
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
    if (bundle.grant) this.#underGrant(bundle.grant);
    const consumed = token.consumedAt ? { consumed: seconds(token.consumedAt) } : {};
    return { ...payload, ...consumed, jti: value };
  }

  async grant(id: string): Promise<Payload | undefined> {
    const grant = await this.#grant(id);
    if (!grant) return undefined;
    this.#underGrant(grant);
    return { ...(JSON.parse(grant.payload) as Payload), jti: id };
  }

  /** Whom a grant is about, where its holder acts for somebody; null where they do not, undefined where there is none. */
  async wardOfGrant(id: string): Promise<AccountId | null | undefined> {
    return (await this.#grant(id))?.wardId;
  }

  #grant(id: string): Promise<KnownGrant | undefined> {
    const known = this.#grants.get(id);
    const found = known ?? findGrantRow(this.#scope.app.db, id).then((row) => row ?? undefined);
    this.#grants.set(id, found);
    return found;
  }

  /** After it was read along, saved, or revoked (undefined) in this request. */
  rememberGrant(id: string, grant: KnownGrant | undefined): void {
    this.#grants.set(id, Promise.resolve(grant));
  }

  /** The standing of an account's holder, where a statement of this request brought it along; undefined where none did. */
  async standing(accountId: AccountId): Promise<Standing | null | undefined> {
    const known = this.#standings.get(accountId);
    if (known !== undefined || !this.#scope.ahead) return known;
    const { web, standing } = await this.#scope.ahead.bundle;
    return web?.accountId === accountId ? standing : undefined;
  }

  /** The consent in force, where it was read along; undefined where it was not. */
  async consent(by: ConsentParties): Promise<Consent | null | undefined> {
    const { ahead } = this.#scope;
    if (!ahead || by.wardId !== undefined) return undefined;
    const { web, interaction, consent } = await ahead.bundle;
    const serviceId = ahead.names.serviceId ?? interaction?.serviceId;
    return web?.accountId === by.accountId && serviceId === by.serviceId ? consent : undefined;
  }

  /** Whether an account's holder may have somebody to act for, where it was read along; undefined where it was not. */
  async hasWards(accountId: AccountId): Promise<boolean | undefined> {
    const bundle = await this.#scope.ahead?.bundle;
    return bundle?.web?.accountId === accountId ? bundle.hasWards : undefined;
  }

  /** By the browser's cookie. It counts only while our own session does, and for the same account. */
  async session(cookie: string): Promise<Payload | undefined> {
    const { web } = this.#scope;
    const { library } = await this.#browser(digestOf(this.#scope, cookie));
    if (!library) return undefined;
    const { session, grant } = library;
    if (session.accountId !== null && session.accountId !== web?.accountId) return undefined;
    const text = this.#scope.seal.openText(PLACES.session(session.uid), session.payload);
    if (text === null) return undefined;
    if (grant) this.rememberGrant(grant.id, grant);
    this.#loadedSessions.set(session.uid, { bundle: library, text });
    // One session is ours: how and when the person signed in is read from it, never from a copy.
    const signIn =
      session.accountId === null || web === null
        ? {}
        : { loginTs: seconds(web.authTime), amr: web.amr };
    return { ...(JSON.parse(text) as Payload), ...signIn, jti: cookie };
  }

  /** What was read ahead for this browser, if it is of this cookie; else read now. */
  async #browser(cookieDigest: Buffer): Promise<BrowserBundle> {
    const { app, ahead, serviceId } = this.#scope;
    if (ahead?.names.cookieDigest?.equals(cookieDigest)) return ahead.bundle;
    const names = { webDigest: null, cookieDigest, serviceId, interactionUid: null };
    return lanesOf(app).browsers.do(names);
  }

  /** By name, for what is bound to it: undefined as soon as our session was ended. */
  liveSession(uid: string): Promise<Payload | undefined> {
    const known = this.#liveSessions.get(uid);
    if (known) return known;
    const found = this.#sessionNamed(uid).then((bundle) =>
      bundle?.session.live ? this.#openSession(uid, bundle.session.payload) : undefined,
    );
    this.#liveSessions.set(uid, found);
    return found;
  }

  /** The session of this name as it was read in this request. */
  loadedSession(uid: string): LoadedSession | undefined {
    return this.#loadedSessions.get(uid);
  }

  async #sessionNamed(uid: string): Promise<SessionBundle | null> {
    const library = (await this.#scope.ahead?.bundle)?.library;
    return library?.session.uid === uid ? library : findSessionBundle(this.#scope.app.db, uid);
  }

  /** Where an interaction came from, by the address; undefined where it was not read along, null where there is none. */
  async began(uid: string): Promise<BrowserBundle['interaction'] | undefined> {
    const { ahead } = this.#scope;
    return ahead?.names.interactionUid === uid ? (await ahead.bundle).interaction : undefined;
  }

  async interaction(uid: string): Promise<Payload | undefined> {
    const began = await this.began(uid);
    const sealed =
      began === undefined
        ? await findInteractionRow(this.#scope.app.db, uid)
        : (began?.payload ?? null);
    const payload = sealed && this.#scope.seal.open(PLACES.interaction(uid), sealed);
    return payload ? { ...payload, jti: uid } : undefined;
  }

  async #loadToken(value: string): Promise<TokenBundle | null> {
    const bundle = await lanesOf(this.#scope.app).tokens.do(digestOf(this.#scope, value));
    if (!bundle) return null;
    const { token, grant, session, standing } = bundle;
    if (grant) {
      this.rememberGrant(grant.id, grant);
      this.#standings.set(grant.accountId, standing);
    }
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
