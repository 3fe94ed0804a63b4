import { addSeconds } from '../lib/clock.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { SessionId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import type { AccountId, PasskeyId } from '../lib/ids.ts';
import { digestToken } from '../lib/blind-index.ts';
import { clearCookie, readCookie, setCookie } from './cookies.ts';
import type { Context } from './context.ts';
import {
  endSessionsWhere,
  findSession,
  findSessionByDigest,
  insertSession,
  listSessions,
  sessionJoin,
  sessionOfJoin,
  touchSession,
} from './session-store.ts';
import type { Session, SessionKind } from './session-store.ts';

export type { Session, SessionKind } from './session-store.ts';

const COOKIE: Record<SessionKind, string> = { subscriber: 'session', officer: 'console' };
const OFFICER_SECONDS = 12 * 3600;
/** Written at most this often, so that reading pages is not one write each. */
const TOUCH_SECONDS = 30;

/** What a sign-in established. */
export interface SignIn {
  kind: SessionKind;
  accountId: AccountId;
  passkeyId: PasskeyId;
  aal: 1 | 2 | 3;
  amr: string[];
}

/**
 * Starts a session for a browser after a sign-in or a step-up: always a new id and a new token (session
 * fixation); the browser's earlier session of this kind ends. Call in the transaction of the sign-in.
 */
export async function startSession(
  tx: Tx,
  app: App,
  ctx: Context,
  signIn: SignIn,
): Promise<Session> {
  const now = app.clock.now();
  const before = ctx.state.sessions[signIn.kind];
  const token = app.random.token();
  const limit = signIn.kind === 'officer' ? OFFICER_SECONDS : app.config.SESSION_SECONDS;
  const session: Session = {
    ...signIn,
    id: SessionId.make(app),
    authTime: now,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: addSeconds(now, limit),
  };
  await insertSession(tx, session, digestToken(app.keys.tokenDigestKey, token));
  if (before) {
    const goesOn = before.accountId === session.accountId ? { replacedBy: session.id } : {};
    await endWhere(tx, { id: before.id }, { at: now, reason: 'replaced', ...goesOn });
  }
  setCookie(ctx, app, COOKIE[signIn.kind], token);
  ctx.state.sessions[signIn.kind] = session;
  return session;
}

/** Ends sessions, and has those told that people signed in to from there; a session that goes on is no end. */
async function endWhere(
  tx: Db | Tx,
  where: Parameters<typeof endSessionsWhere>[1],
  ending: Parameters<typeof endSessionsWhere>[2],
): Promise<SessionId[]> {
  const ended = await endSessionsWhere(tx, where, ending);
  if (!ending.replacedBy)
    for (const sessionId of ended) {
      await enqueue(tx, 'tell_session_ended', { sessionId });
      // A security event, unless its holder ended it at this very browser.
      if (ending.reason !== 'signed_out' && ending.reason !== 'replaced')
        await enqueue(tx, 'address_session_end', { sessionId });
    }
  return ended;
}

/** The live sessions that a request's cookies name. */
export async function readSessions(
  ctx: Context,
  app: App,
): Promise<Record<SessionKind, Session | null>> {
  const [subscriber, officer] = await Promise.all([
    readSession(ctx, app, 'subscriber'),
    readSession(ctx, app, 'officer'),
  ]);
  return { subscriber, officer };
}

/** The keyed digest of the cookie that names this browser's session; null where it has none. */
export function sessionDigest(
  ctx: Context,
  app: Pick<App, 'config' | 'keys'>,
  kind: SessionKind,
): Buffer | null {
  const token = readCookie(ctx, app, COOKIE[kind]);
  return token ? digestToken(app.keys.tokenDigestKey, token) : null;
}

/**
 * The look-up of a session as a part of a larger statement, which whoever reads more of the browser runs instead and
 * hands over by `ctx.state.findSession`. `digest`: SQL of the caller's.
 */
export function sessionWithin(digest: string) {
  return { ...sessionJoin(digest), read: sessionOfJoin };
}

async function readSession(ctx: Context, app: App, kind: SessionKind): Promise<Session | null> {
  const digest = sessionDigest(ctx, app, kind);
  if (!digest) return null;
  const find = ctx.state.findSession ?? ((bytes) => findSessionByDigest(app.db, bytes));
  const session = await find(digest);
  if (!session || session.kind !== kind) return null;
  const now = app.clock.now();
  if (!isLive(session, app, now)) return null;
  if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_SECONDS * 1000)
    await touchSession(app.db, session.id, now);
  return session;
}

/** Not past its overall limit, nor idle for longer than its kind and level allow (DESIGN section 8). */
export function isLive(session: Session, app: Pick<App, 'config'>, now: Date): boolean {
  const idleSeconds =
    session.kind === 'officer'
      ? app.config.OFFICER_SESSION_IDLE_SECONDS
      : session.aal === 3
        ? app.config.SESSION_IDLE_AAL3_SECONDS
        : app.config.SESSION_IDLE_SECONDS;
  return now < session.expiresAt && now < addSeconds(session.lastSeenAt, idleSeconds);
}

/** A session by id, if it is still live: what the provider asks before it honours its own session. */
export async function liveSession(app: App, id: SessionId): Promise<Session | null> {
  const session = await findSession(app.db, id);
  return session && isLive(session, app, app.clock.now()) ? session : null;
}

/** Ends the browser's own session and forgets its cookie. `db`: a transaction where more commits with it. */
export async function endSession(
  ctx: Context,
  app: App,
  kind: SessionKind,
  reason: string,
  db: Db | Tx = app.db,
): Promise<void> {
  const session = ctx.state.sessions[kind];
  if (session) await endWhere(db, { id: session.id }, { at: app.clock.now(), reason });
  ctx.state.sessions[kind] = null;
  clearCookie(ctx, app, COOKIE[kind]);
}

/** Ends every session that was opened with a passkey (it was removed). */
export function endSessionsOfPasskey(tx: Tx, app: App, passkeyId: PasskeyId) {
  return endWhere(
    tx,
    { passkey_id: passkeyId },
    { at: app.clock.now(), reason: 'passkey_removed' },
  );
}

/** Ends every session of an account, but for `except`. */
export function endSessionsOfAccount(
  tx: Tx,
  app: App,
  ending: { accountId: AccountId; reason: string; except?: SessionId },
) {
  return endWhere(
    tx,
    { account_id: ending.accountId },
    {
      at: app.clock.now(),
      reason: ending.reason,
      ...(ending.except ? { except: ending.except } : {}),
    },
  );
}

/** The live sessions of an account, last used first. */
export async function sessionsOf(app: App, accountId: AccountId): Promise<Session[]> {
  const now = app.clock.now();
  const sessions = await listSessions(app.db, accountId, now);
  return sessions.filter((session) => isLive(session, app, now));
}

/** Ends one session of an account, from another browser. False where it is not the account's, or ended before. */
export async function endSessionOf(
  tx: Tx,
  app: App,
  ending: { accountId: AccountId; id: SessionId; reason: string },
): Promise<boolean> {
  const session = await findSession(tx, ending.id);
  if (session?.accountId !== ending.accountId) return false;
  const where = { id: ending.id };
  const { reason } = ending;
  return (await endWhere(tx, where, { at: app.clock.now(), reason })).length > 0;
}
