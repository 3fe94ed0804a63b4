import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PasskeyId, SessionId } from '../lib/ids.ts';

export type SessionKind = 'subscriber' | 'officer';

/** A signed-in browser, as every request sees it. */
export interface Session {
  id: SessionId;
  kind: SessionKind;
  accountId: AccountId;
  passkeyId: PasskeyId;
  aal: 1 | 2 | 3;
  /** RFC 8176 authentication methods of the sign-in. */
  amr: string[];
  authTime: Date;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

const COLUMNS = [
  'sessions.id',
  'sessions.kind',
  'sessions.account_id',
  'sessions.passkey_id',
  'sessions.aal',
  'sessions.amr',
  'sessions.auth_time',
  'sessions.created_at',
  'sessions.last_seen_at',
  'sessions.expires_at',
] as const;

type Row = Record<string, unknown>;

function toSession(row: Row): Session {
  return {
    id: row.id as SessionId,
    kind: row.kind as SessionKind,
    accountId: row.account_id as AccountId,
    passkeyId: row.passkey_id as PasskeyId,
    aal: row.aal as 1 | 2 | 3,
    amr: row.amr as string[],
    authTime: row.auth_time as Date,
    createdAt: row.created_at as Date,
    lastSeenAt: row.last_seen_at as Date,
    expiresAt: row.expires_at as Date,
  };
}

export async function insertSession(tx: Tx, session: Session, tokenDigest: Buffer): Promise<void> {
  await tx('sessions').insert({
    id: session.id,
    token_digest: tokenDigest,
    kind: session.kind,
    account_id: session.accountId,
    passkey_id: session.passkeyId,
    aal: session.aal,
    amr: session.amr,
    auth_time: session.authTime,
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    expires_at: session.expiresAt,
  });
}

/** A session that has not ended; idle and overall limits are the caller's to judge. */
export function findSessionByDigest(db: Db, digest: Buffer): Promise<Session | null> {
  return findStanding(db, { 'sessions.token_digest': digest });
}

export function findSession(db: Db | Tx, id: SessionId): Promise<Session | null> {
  return findStanding(db, { 'sessions.id': id });
}

/**
 * Account and passkey are read along, at every request: whoever blocks an account or takes a passkey away need not
 * know of sessions, and nobody goes on with one.
 */
async function findStanding(
  db: Db | Tx,
  where: { 'sessions.token_digest': Buffer } | { 'sessions.id': SessionId },
): Promise<Session | null> {
  const row = await db('sessions')
    .join('accounts', 'accounts.id', 'sessions.account_id')
    .join('passkeys', 'passkeys.id', 'sessions.passkey_id')
    .where({ ...where, 'accounts.state': 'active' })
    .whereNull('sessions.ended_at')
    .whereNull('passkeys.removed_at')
    .first<Row | undefined>(...COLUMNS);
  return row ? toSession(row) : null;
}

/**
 * The same as a part of a larger statement: joins to the session of `digest` (SQL of the caller's), under the name
 * `web`, and its columns; moments as seconds.
 */
export function sessionJoin(digest: string): { select: string; join: string } {
  return {
    select: `web.id as web_id, web.kind as web_kind, web.account_id as web_account_id,
      web.passkey_id as web_passkey_id, web.aal as web_aal, to_json(web.amr) as web_amr,
      extract(epoch from web.auth_time)::float8 as web_auth_time,
      extract(epoch from web.created_at)::float8 as web_created_at,
      extract(epoch from web.last_seen_at)::float8 as web_last_seen_at,
      extract(epoch from web.expires_at)::float8 as web_expires_at`,
    join: `left join (sessions web
              join accounts web_account on web_account.id = web.account_id and web_account.state = 'active'
              join passkeys web_passkey on web_passkey.id = web.passkey_id and web_passkey.removed_at is null)
         on web.token_digest = ${digest} and web.ended_at is null`,
  };
}

export function sessionOfJoin(row: Row): Session | null {
  if (row.web_id === null) return null;
  const moment = (seconds: unknown) => new Date(Math.round((seconds as number) * 1000));
  return {
    id: row.web_id as SessionId,
    kind: row.web_kind as SessionKind,
    accountId: row.web_account_id as AccountId,
    passkeyId: row.web_passkey_id as PasskeyId,
    aal: row.web_aal as 1 | 2 | 3,
    amr: JSON.parse(row.web_amr as string) as string[],
    authTime: moment(row.web_auth_time),
    createdAt: moment(row.web_created_at),
    lastSeenAt: moment(row.web_last_seen_at),
    expiresAt: moment(row.web_expires_at),
  };
}

export async function listSessions(db: Db, accountId: AccountId, after: Date): Promise<Session[]> {
  const rows = await db('sessions')
    .where({ account_id: accountId })
    .whereNull('ended_at')
    .where('expires_at', '>', after)
    .orderBy('last_seen_at', 'desc')
    .limit(100)
    .select(...COLUMNS);
  return rows.map((row) => toSession(row as Row));
}

export async function touchSession(db: Db, id: SessionId, at: Date): Promise<void> {
  await db('sessions').where({ id }).update({ last_seen_at: at });
}

/** Ends sessions and gives their ids. `replacedBy`: the one that goes on in the same browser for the same account. */
export async function endSessionsWhere(
  tx: Db | Tx,
  where: { id: SessionId } | { passkey_id: PasskeyId } | { account_id: AccountId },
  ending: { at: Date; reason: string; except?: SessionId; replacedBy?: SessionId },
): Promise<SessionId[]> {
  const query = tx('sessions').where(where).whereNull('ended_at');
  if (ending.except) query.whereNot({ id: ending.except });
  const rows = await query
    .update({
      ended_at: ending.at,
      ended_reason: ending.reason,
      replaced_by: ending.replacedBy ?? null,
    })
    .returning('id');
  return rows.map((row: { id: SessionId }) => row.id);
}
