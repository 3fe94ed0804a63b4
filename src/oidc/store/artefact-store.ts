import type { App } from '../../lib/app.ts';
import type { Db, Tx } from '../../lib/database.ts';
import type { AccountId, RowId, SessionId } from '../../lib/ids.ts';
import { runPrepared } from '../../lib/prepared.ts';
import type { PreparedRow } from '../../lib/prepared.ts';
import { standingWithin } from '../../registry/standing.ts';
import type { Standing } from '../../registry/standing.ts';

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
  /** Whom it is about, where the account's holder acts for somebody. */
  wardId: AccountId | null;
  serviceId: string;
  sessionUid: string | null;
  /** What it was made from: stored only while that is in force. Null where none was asked for, as no request of a person's does. */
  consentId: RowId | null;
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

/** A grant as it is stored; the payload as JSON text, so that who reads it may change what they get. */
export type StoredGrant = Pick<GrantRow, 'id' | 'accountId' | 'wardId'> & { payload: string };

/** A token with what its use asks for next, brought along in the same statement. */
export interface TokenBundle {
  token: TokenRow;
  /** Null for a service's own token. */
  grant: StoredGrant | null;
  /** Null where the session is gone; `live` as `SESSION_LIVES` says. */
  session: (Pick<SessionRow, 'uid' | 'payload'> & { live: boolean }) | null;
  /** The holder of the grant's account as the registers know them now. */
  standing: Standing | null;
}

export interface SessionBundle {
  session: SessionRow & { live: boolean };
  /** The grant of the service that the request names, where the session has one. */
  grant: StoredGrant | null;
}

/**
 * Our session stands, or the one that took its place in the same browser does (a step-up starts a new one at the very
 * moment that the old one ends): never another browser's, or a session ended everywhere would come back with the next
 * sign-in. The passkey it was opened with is still there, and the account is neither blocked nor
 * closed. Idle and overall limits end single sign-on, not tokens: those have their own.
 */
export const SESSION_LIVES = `coalesce((
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

const TOKEN_HOLDER = standingWithin('g.account_id');

/** The tokens of these digests, each with all that goes with it, in one statement; null where there is none. */
export async function findTokenBundles(
  app: Pick<App, 'db' | 'cipher'>,
  idDigests: readonly Buffer[],
): Promise<(TokenBundle | null)[]> {
  const rows = await runPrepared(app.db, {
    name: 'oidc_tokens',
    text: `select w.n, t.kind, t.grant_id, t.session_uid, t.aal, t.payload,
            extract(epoch from t.consumed_at)::float8 as consumed_at,
            extract(epoch from t.expires_at)::float8 as expires_at,
            g.account_id, g.ward_account_id, g.payload as grant_payload, s.uid, s.payload as session_payload,
            ${SESSION_LIVES} as live, ${TOKEN_HOLDER.select}
       from unnest($1::bytea[]) with ordinality as w (id_digest, n)
       join oidc_tokens t on t.id_digest = w.id_digest
       left join oidc_grants g on g.id = t.grant_id
       left join oidc_sessions s on s.uid = t.session_uid
       ${TOKEN_HOLDER.joins}
      order by w.n, ${TOKEN_HOLDER.order}`,
    values: [idDigests],
  });
  const found = byNumber(rows);
  return idDigests.map((idDigest, at) => {
    const own = found.get(at + 1);
    return own ? toTokenBundle(app, idDigest, own) : null;
  });
}

/** Rows by the place, from 1, of what asked for them. */
function byNumber(rows: readonly PreparedRow[]): Map<number, [Row, ...Row[]]> {
  const found = new Map<number, [Row, ...Row[]]>();
  for (const row of rows) {
    const own = found.get(row.n as number);
    if (own) own.push(row);
    else found.set(row.n as number, [row]);
  }
  return found;
}

function toTokenBundle(
  app: Pick<App, 'cipher'>,
  idDigest: Buffer,
  rows: [Row, ...Row[]],
): TokenBundle {
  const [row] = rows;
  return {
    token: {
      idDigest,
      kind: row.kind as TokenKind,
      grantId: row.grant_id as string | null,
      sessionUid: row.session_uid as string | null,
      aal: row.aal as TokenRow['aal'],
      payload: row.payload as Buffer,
      consumedAt: row.consumed_at === null ? null : moment(row.consumed_at),
      expiresAt: moment(row.expires_at),
    },
    grant: toGrant(row),
    session:
      row.uid === null
        ? null
        : {
            uid: row.uid as string,
            payload: row.session_payload as Buffer,
            live: row.live as boolean,
          },
    standing: TOKEN_HOLDER.read(app, rows),
  };
}

export function toGrant(row: Row): StoredGrant | null {
  if (row.grant_id === null) return null;
  return {
    id: row.grant_id as string,
    accountId: row.account_id as AccountId,
    wardId: row.ward_account_id as AccountId | null,
    payload: row.grant_payload as string,
  };
}

const moment = (seconds: unknown) => new Date(Math.round((seconds as number) * 1000));

/** A session by its name. */
export async function findSessionBundle(db: Db, uid: string): Promise<SessionBundle | null> {
  const [row] = await runPrepared(db, {
    name: 'oidc_session_by_uid',
    text: `select ${SESSION_COLUMNS}, ${SESSION_LIVES} as live from oidc_sessions s where s.uid = $1`,
    values: [uid],
  });
  return row ? { session: toSession(row), grant: null } : null;
}

export const SESSION_COLUMNS = `s.uid, s.id_digest, s.account_id as session_account_id, s.web_session_id,
  s.payload as session_payload, extract(epoch from s.expires_at)::float8 as session_expires_at`;

export function toSession(row: Row): SessionBundle['session'] {
  return {
    uid: row.uid as string,
    idDigest: row.id_digest as Buffer,
    accountId: row.session_account_id as AccountId | null,
    webSessionId: row.web_session_id as SessionId | null,
    payload: row.session_payload as Buffer,
    expiresAt: moment(row.session_expires_at),
    live: row.live as boolean,
  };
}

export async function findGrantRow(db: Db, id: string): Promise<StoredGrant | null> {
  const [row] = await runPrepared(db, {
    name: 'oidc_grant',
    text: `select id as grant_id, account_id, ward_account_id, payload as grant_payload
             from oidc_grants where id = $1`,
    values: [id],
  });
  return row ? toGrant(row) : null;
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
