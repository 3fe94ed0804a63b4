import { appendAudit } from '../../audit/append.ts';
import type { PendingAudit } from '../../audit/append-within.ts';
import { canonicalJson } from '../../audit/canonical-json.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { AccountId, RowId } from '../../lib/ids.ts';
import { deleteGrant } from './artefact-store.ts';
import type { TokenKind, TokenRow } from './artefact-store.ts';
import type { FlushOutcome } from './flush-store.ts';
import { lanesOf } from './lanes.ts';
import type { RequestReads } from './request-reads.ts';
import { PLACES, digestOf, textOf } from './request-scope.ts';
import type { Payload, RequestScope } from './request-scope.ts';
import { isEmpty, noWrites } from './writes.ts';
import type { Writes } from './writes.ts';

/** A session is saved again only where its end would move by more than this part of its length. */
const RESAVE_FRACTION = 0.01;

/** What one request writes: recorded as it goes, written at its end in one statement. */
export class RequestWrites {
  readonly #scope: RequestScope;
  readonly #reads: RequestReads;
  readonly #revoked = new Map<string, Promise<void>>();
  #writes: Writes;
  #consentId: RowId | null = null;

  constructor(scope: RequestScope, reads: RequestReads) {
    this.#scope = scope;
    this.#reads = reads;
    this.#writes = noWrites(scope.app.clock.now());
  }

  token(kind: TokenKind, value: string, payload: Payload, seconds: number): void {
    const ofService = kind === 'ClientCredentials';
    const aal = ofService ? null : this.#reads.aal;
    if (aal === null && !ofService)
      throw new Error('A token without a sign-in that it comes from.');
    const { jti: _value, ...rest } = payload;
    const idDigest = digestOf(this.#scope, value);
    this.#writes.tokens.push({
      idDigest,
      kind,
      grantId: ofService ? null : textOf(payload.grantId),
      sessionUid: payload.sessionUid === undefined ? null : textOf(payload.sessionUid),
      aal,
      payload: this.#scope.seal.seal(PLACES.token(idDigest), rest),
      consumedAt: null,
      expiresAt: this.#after(seconds),
    });
  }

  /** Grants from now on are made from this consent, and stored only if it is still in force then. */
  restOn(consentId: RowId): void {
    this.#consentId = consentId;
  }

  grant(id: string, payload: Payload, seconds: number, sessionUid: string | null): void {
    if (this.#consentId === null)
      throw new Error('A grant without a consent that it is made from.');
    const { jti: _id, ...rest } = payload;
    const accountId = textOf(payload.accountId) as AccountId;
    const { acting } = this.#reads;
    const wardId = acting?.guardianId === accountId ? acting.wardId : null;
    this.#reads.rememberGrant(id, { payload: JSON.stringify(rest), accountId, wardId });
    this.#writes.grants = this.#writes.grants.filter((grant) => grant.id !== id);
    this.#writes.grants.push({
      id,
      accountId,
      wardId,
      serviceId: textOf(payload.clientId),
      sessionUid,
      consentId: this.#consentId,
      payload: rest,
      expiresAt: this.#after(seconds),
    });
  }

  session(cookie: string, payload: Payload, seconds: number): void {
    const uid = textOf(payload.uid);
    const idDigest = digestOf(this.#scope, cookie);
    const web = payload.accountId === undefined ? null : this.#scope.web;
    if (payload.accountId !== undefined && payload.accountId !== web?.accountId)
      throw new Error('A session of the library without one of ours.');
    const expiresAt = this.#after(seconds);
    const before = this.#reads.loadedSession(uid);
    if (before) {
      const { session } = before.bundle;
      const same =
        session.idDigest.equals(idDigest) &&
        session.webSessionId === (web?.id ?? null) &&
        isSame(before.text, payload);
      const moved = expiresAt.getTime() - session.expiresAt.getTime();
      if (same && moved < seconds * 1000 * RESAVE_FRACTION) return;
      // A new cookie replaces the former one in its row.
      this.#writes.sessionsGone = this.#writes.sessionsGone.filter(
        (gone) => !gone.equals(session.idDigest),
      );
    }
    const { jti: _cookie, ...rest } = payload;
    this.#writes.sessions = this.#writes.sessions.filter((session) => session.uid !== uid);
    this.#writes.sessions.push({
      uid,
      idDigest,
      accountId: web?.accountId ?? null,
      webSessionId: web?.id ?? null,
      payload: this.#scope.seal.seal(PLACES.session(uid), rest),
      expiresAt,
    });
  }

  destroySession(cookie: string): void {
    this.#writes.sessionsGone.push(digestOf(this.#scope, cookie));
  }

  interaction(uid: string, payload: Payload, seconds: number): void {
    const { jti: _uid, ...rest } = payload;
    this.#writes.interactions.push({
      uid,
      payload: this.#scope.seal.seal(PLACES.interaction(uid), rest),
      serviceId: textOf((payload.params as Payload | undefined)?.client_id),
      expiresAt: this.#after(seconds),
    });
  }

  destroyInteraction(uid: string): void {
    this.#writes.interactionsGone.push(uid);
  }

  /** Takes effect with the flush: only then it is known whether this request was the first. */
  async consume(value: string): Promise<void> {
    const bundle = await this.#reads.bundleOf(value);
    if (!bundle) throw new Error('What is consumed was not found before.');
    const { idDigest, grantId } = bundle.token;
    if (grantId === null) throw new Error("A service's own token is not used up.");
    this.#writes.consume = { idDigest, grantId };
    this.#writes.auditReplay = [replayOf(bundle.token)];
  }

  /** At once, and once: the library asks it of every kind of token in turn. */
  revokeGrant(id: string): Promise<void> {
    this.#writes.tokens = this.#writes.tokens.filter((token) => token.grantId !== id);
    this.#writes.grants = this.#writes.grants.filter((grant) => grant.id !== id);
    this.#reads.rememberGrant(id, undefined);
    const done = this.#revoked.get(id) ?? this.#endGrant(id);
    this.#revoked.set(id, done);
    return done;
  }

  async #endGrant(id: string): Promise<void> {
    const { app } = this.#scope;
    const { source } = this.#reads;
    const isReplay = source?.grantId === id && source.consumedAt !== null;
    if (!isReplay) return deleteGrant(app.db, id);
    await transact(app.db, async (tx) => {
      await deleteGrant(tx, id);
      await appendAudit(tx, app, replayOf(source));
    });
  }

  /** An event of what this request issues; appended in the same statement. */
  audit(event: PendingAudit): void {
    this.#writes.auditIssued.push(event);
  }

  /**
   * Writes. `failed`: the answer is an error, so nothing is issued, but what was used stays used. `replayed`: the
   * code or token had been used; nothing was issued and its grant is gone.
   */
  async flush(answer: { failed: boolean }): Promise<FlushOutcome> {
    const { app } = this.#scope;
    const at = app.clock.now();
    const recorded = { ...this.#writes, at };
    this.#writes = noWrites(at);
    const writes = answer.failed
      ? { ...recorded, tokens: [], grants: [], auditIssued: [] }
      : recorded;
    return isEmpty(writes) ? 'done' : lanesOf(app).writes.do(writes);
  }

  #after(seconds: number): Date {
    return addSeconds(this.#scope.app.clock.now(), seconds);
  }
}

/** Somebody used a code or token that had been used: the service itself, or a thief. */
function replayOf(token: TokenRow) {
  return {
    action: 'oidc.replay_refused',
    actor: { kind: 'system', id: null },
    subject: { kind: 'grant', id: token.grantId ?? '' },
    details: { kind: token.kind },
  } as const;
}

/** Whether a save would change more than what every save moves or our own session leads. */
function isSame(before: string, payload: Payload): boolean {
  return comparable(JSON.parse(before) as Payload) === comparable(payload);
}

function comparable(payload: Payload): string {
  const { jti: _jti, iat: _iat, exp: _exp, loginTs: _login, amr: _amr, ...rest } = payload;
  return canonicalJson(JSON.parse(JSON.stringify(rest)));
}
