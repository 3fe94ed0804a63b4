import type { Db, Tx } from '../../lib/database.ts';
import type { AccountId, SessionId } from '../../lib/ids.ts';

/** Codes and tokens. All hang on a grant, but for a service's own (`ClientCredentials`), which no person gave. */
export type TokenKind = 'AuthorizationCode' | 'AccessToken' | 'RefreshToken' | 'ClientCredentials';

export interface TokenRow {
  idDigest: Buffer;
  kind: TokenKind;
  /** Null, as `aal` is, for a service's own token. */
  grantId: string | null;
  sessionUid: string | null;
  aal: 1 | 2 | 3 | null;
  payload: Buffer;
  consumedAt: Date | null;
  expiresAt: Date;
}

export interface GrantRow {
  id: string;
  accountId: AccountId;
  serviceId: string;
  sessionUid: string | null;
  payload: Record<string, unknown>;
  expiresAt: Date;
}

export interface SessionRow {
  uid: string;
  idDigest: Buffer;
  accountId: AccountId | null;
  webSessionId: SessionId | null;
  payload: Buffer;
  expiresAt: Date;
}

/** A token with what its use asks for next, brought along in the same statement. */
export interface TokenBundle {
  token: TokenRow;
  /** Null for a service's own token. */
  grant: Pick<GrantRow, 'id' | 'payload'> | null;
  /** Null where the session is gone; `live` as `SESSION_LIVES` says. */
  session: (Pick<SessionRow, 'uid' | 'payload'> & { live: boolean }) | null;
}

export interface SessionBundle {
  session: SessionRow & { live: boolean };
  /** The grant of the service that the request names, where the session has one. */
  grant: Pick<GrantRow, 'id' | 'payload'> | null;
}

/**
 * Our session stands, or the one that took its place in the same browser does (a step-up starts a new one at the very
 * moment that the old one ends): never another browser's, or a session ended everywhere would come back with the next
 * sign-in. The passkey it was opened with is still there, and the account is neither blocked nor
 * closed. Idle and overall limits end single sign-on, not tokens: those have their own.
 */
const SESSION_LIVES = `coalesce((
  select k.removed_at is null and a.state = 'active'
         and (w.ended_at is null
              or exists (with recursive later as (
                           select n.id, n.replaced_by, n.ended_at from sessions n where n.id = w.replaced_by
                           union all
                           select n.id, n.replaced_by, n.ended_at from sessions n join later l on n.id = l.replaced_by)
                         select 1 from later where ended_at is null))
    from sessions w join passkeys k on k.id = w.passkey_id join accounts a on a.id = w.account_id
   where w.id = s.web_session_id), false)`;

type Row = Record<string, unknown>;

/** The first row of a statement that each connection plans once: planning these joins costs more than running them. */
async function one(
  db: Db,
  statement: { name: string; sql: string; bindings: readonly unknown[] },
): Promise<Row | null> {
  const { name, sql, bindings } = statement;
  const { rows } = await db.raw<{ rows: Row[] }>(sql, bindings as never).options({ name });
  return rows[0] ?? null;
}

export async function findTokenBundle(db: Db, idDigest: Buffer): Promise<TokenBundle | null> {
  const row = await one(db, {
    name: 'oidc_token',
    sql: `select t.kind, t.grant_id, t.session_uid, t.aal, t.payload, t.consumed_at, t.expires_at,
            g.payload as grant_payload, s.uid, s.payload as session_payload,
            ${SESSION_LIVES} as live
       from oidc_tokens t
       left join oidc_grants g on g.id = t.grant_id
       left join oidc_sessions s on s.uid = t.session_uid
      where t.id_digest = ?`,
    bindings: [idDigest],
  });
  if (!row) return null;
  return {
    token: {
      idDigest,
      kind: row.kind as TokenKind,
      grantId: row.grant_id as string | null,
      sessionUid: row.session_uid as string | null,
      aal: row.aal as TokenRow['aal'],
      payload: row.payload as Buffer,
      consumedAt: row.consumed_at as Date | null,
      expiresAt: row.expires_at as Date,
    },
    grant:
      row.grant_id === null
        ? null
        : { id: row.grant_id as string, payload: row.grant_payload as Row },
    session:
      row.uid === null
        ? null
        : {
            uid: row.uid as string,
            payload: row.session_payload as Buffer,
            live: row.live as boolean,
          },
  };
}

/** By the cookie's digest, with the grant of `serviceId`; or by uid. */
export async function findSessionBundle(
  db: Db,
  by: { idDigest: Buffer; serviceId: string | null; now: Date } | { uid: string },
): Promise<SessionBundle | null> {
  const byUid = 'uid' in by;
  const row = await one(db, {
    name: byUid ? 'oidc_session_by_uid' : 'oidc_session_by_cookie',
    sql: `select s.uid, s.id_digest, s.account_id, s.web_session_id, s.payload, s.expires_at,
            ${SESSION_LIVES} as live, g.id as grant_id, g.payload as grant_payload
       from oidc_sessions s
       left join lateral (
         select id, payload from oidc_grants
          where session_uid = s.uid and service_id = ?::text and expires_at > ?::timestamptz
          order by expires_at desc limit 1) g on true
      where ${byUid ? 's.uid' : 's.id_digest'} = ?`,
    bindings: byUid ? [null, null, by.uid] : [by.serviceId, by.now, by.idDigest],
  });
  if (!row) return null;
  return {
    session: {
      uid: row.uid as string,
      idDigest: row.id_digest as Buffer,
      accountId: row.account_id as AccountId | null,
      webSessionId: row.web_session_id as SessionId | null,
      payload: row.payload as Buffer,
      expiresAt: row.expires_at as Date,
      live: row.live as boolean,
    },
    grant:
      row.grant_id === null
        ? null
        : { id: row.grant_id as string, payload: row.grant_payload as Row },
  };
}

export async function findGrantRow(
  db: Db,
  id: string,
): Promise<Pick<GrantRow, 'id' | 'payload'> | null> {
  const row = await db('oidc_grants').where({ id }).first('id', 'payload');
  return row ? { id: row.id as string, payload: row.payload as Row } : null;
}

/** Ends the grant and, by the foreign key, every token under it. One statement. */
export async function deleteGrant(db: Db | Tx, id: string): Promise<void> {
  await db('oidc_grants').where({ id }).delete();
}

export async function deleteToken(db: Db, idDigest: Buffer): Promise<void> {
  await db('oidc_tokens').where({ id_digest: idDigest }).delete();
}

export async function findInteractionRow(db: Db, uid: string): Promise<Buffer | null> {
  const row = await db('oidc_interactions').where({ uid }).first('payload');
  return (row?.payload as Buffer | undefined) ?? null;
}

export async function findPushedRequest(
  db: Db,
  idDigest: Buffer,
): Promise<{ payload: Buffer; consumedAt: Date | null } | null> {
  const row = await db('oidc_pushed_requests')
    .where({ id_digest: idDigest })
    .first('payload', 'consumed_at');
  return row
    ? { payload: row.payload as Buffer, consumedAt: row.consumed_at as Date | null }
    : null;
}

export async function insertPushedRequest(
  db: Db,
  row: { idDigest: Buffer; payload: Buffer; expiresAt: Date },
): Promise<void> {
  await db('oidc_pushed_requests').insert({
    id_digest: row.idDigest,
    payload: row.payload,
    consumed_at: null,
    expires_at: row.expiresAt,
  });
}

/** True for the first who asks, for ever false after. */
export async function consumePushedRequest(db: Db, idDigest: Buffer, at: Date): Promise<boolean> {
  const count = await db('oidc_pushed_requests')
    .where({ id_digest: idDigest })
    .whereNull('consumed_at')
    .update({ consumed_at: at });
  return count === 1;
}

/** True the first time that an identifier is seen, false while it is remembered. */
export async function insertReplay(
  db: Db,
  row: { id: string; expiresAt: Date; now: Date },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `insert into oidc_replays (id, expires_at) values (?, ?)
     on conflict (id) do update set expires_at = excluded.expires_at
      where oidc_replays.expires_at <= ? returning id`,
    [row.id, row.expiresAt, row.now],
  );
  return rows.length === 1;
}

export async function isReplayKnown(db: Db, id: string, now: Date): Promise<boolean> {
  const row = await db('oidc_replays').where({ id }).where('expires_at', '>', now).first('id');
  return row !== undefined;
}
