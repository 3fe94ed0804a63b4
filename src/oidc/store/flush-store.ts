import { hash } from 'node:crypto';
import type { Db } from '../../lib/database.ts';
import type { GrantRow, SessionRow, TokenRow } from './artefact-store.ts';

/** Everything that one request writes, to be written as one statement. */
export interface Writes {
  /** A code or refresh token that may be used once: nothing of `tokens` is stored unless this request is the one. */
  consume: { idDigest: Buffer; grantId: string } | null;
  grants: GrantRow[];
  tokens: TokenRow[];
  sessions: SessionRow[];
  sessionsGone: Buffer[];
  interactions: { uid: string; payload: Buffer; serviceId: string; expiresAt: Date }[];
  interactionsGone: string[];
  /** Made by `auditPart`: of what was issued, and of a replay that was refused. */
  auditIssued: { sql: string; binding: string } | null;
  auditReplay: { sql: string; binding: string } | null;
}

/** The conditions that the audit parts are made with. */
export const WHEN_ISSUED = 'exists (select 1 from consumed)';
export const WHEN_REPLAYED = 'not exists (select 1 from consumed)';

export function noWrites(): Writes {
  return {
    consume: null,
    grants: [],
    tokens: [],
    sessions: [],
    sessionsGone: [],
    interactions: [],
    interactionsGone: [],
    auditIssued: null,
    auditReplay: null,
  };
}

export function isEmpty(writes: Writes): boolean {
  return Object.values(writes).every(
    (part) => part === null || (Array.isArray(part) && part.length === 0),
  );
}

interface Part {
  name: string;
  sql: string;
  bindings: unknown[];
}

/**
 * Writes it all in one statement, atomically; false where the code or token had been used before, or its grant
 * is gone. Everybody locks the grant first, then tokens, so that neither races nor revocations deadlock. The
 * loser of a race waits for the winner, finds the token used, and deletes the grant: the winner's tokens die
 * with it, in this very statement (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
 */
export async function flushWrites(db: Db, writes: Writes, now: Date): Promise<boolean> {
  const parts = [
    ...consumeParts(writes, now),
    ...writes.grants.map(grantPart),
    ...sessionParts(writes),
    ...tokenParts(writes),
    ...interactionParts(writes, now),
    ...auditParts(writes),
  ];
  const bindings = parts.flatMap((part) => part.bindings);
  const list = parts.map(({ name, sql }) => `${name} as (${sql})`).join(',\n');
  const sql = `with ${list}\nselect exists (select 1 from consumed) as won`;
  const { rows } = await db
    .raw<{ rows: { won: boolean }[] }>(sql, bindings as never)
    .options({ name: nameOf(sql) });
  return rows[0]!.won;
}

const names = new Map<string, string>();

/** There are few shapes of this statement: each connection plans each once, under a name of its own. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = `oidc_flush_${hash('sha256', sql, 'hex').slice(0, 24)}`;
  names.set(sql, name);
  return name;
}

function consumeParts({ consume }: Writes, now: Date): Part[] {
  if (consume === null) return [{ name: 'consumed', sql: 'select 1 as grant_id', bindings: [] }];
  return [
    {
      name: 'held',
      sql: 'select id from oidc_grants where id = ? for no key update',
      bindings: [consume.grantId],
    },
    {
      name: 'consumed',
      sql: `update oidc_tokens set consumed_at = ?
             where id_digest = ? and consumed_at is null and exists (select 1 from held)
            returning grant_id`,
      bindings: [now, consume.idDigest],
    },
    {
      name: 'ended',
      sql: 'delete from oidc_grants where id = ? and not exists (select 1 from consumed)',
      bindings: [consume.grantId],
    },
  ];
}

function grantPart(grant: GrantRow, index: number): Part {
  return {
    name: `grant_${index}`,
    sql: `insert into oidc_grants (id, account_id, service_id, session_uid, payload, expires_at)
          values (?, ?, ?, ?, ?::jsonb, ?)
          on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
    bindings: [
      grant.id,
      grant.accountId,
      grant.serviceId,
      grant.sessionUid,
      JSON.stringify(grant.payload),
      grant.expiresAt,
    ],
  };
}

function sessionParts({ sessions, sessionsGone }: Writes): Part[] {
  const saved = sessions.map((session, index) => ({
    name: `session_${index}`,
    sql: `insert into oidc_sessions (uid, id_digest, account_id, web_session_id, payload, expires_at)
          values (?, ?, ?, ?, ?, ?)
          on conflict (uid) do update set id_digest = excluded.id_digest,
            account_id = excluded.account_id, web_session_id = excluded.web_session_id,
            payload = excluded.payload, expires_at = excluded.expires_at`,
    bindings: [
      session.uid,
      session.idDigest,
      session.accountId,
      session.webSessionId,
      session.payload,
      session.expiresAt,
    ],
  }));
  if (sessionsGone.length === 0) return saved;
  return [
    ...saved,
    {
      name: 'sessions_gone',
      sql: 'delete from oidc_sessions where id_digest = any(?::bytea[])',
      bindings: [sessionsGone],
    },
  ];
}

function tokenParts({ tokens }: Writes): Part[] {
  return tokens.map((token, index) => ({
    name: `token_${index}`,
    sql: `insert into oidc_tokens
            (id_digest, kind, grant_id, session_uid, aal, payload, expires_at)
          select ?::bytea, ?::text, ?::text, ?::text, ?::smallint, ?::bytea, ?::timestamptz
           where exists (select 1 from consumed)`,
    bindings: [
      token.idDigest,
      token.kind,
      token.grantId,
      token.sessionUid,
      token.aal,
      token.payload,
      token.expiresAt,
    ],
  }));
}

function interactionParts({ interactions, interactionsGone }: Writes, now: Date): Part[] {
  const parts = interactions.flatMap((interaction, index) => [
    {
      name: `interaction_${index}`,
      sql: `insert into oidc_interactions (uid, payload, expires_at) values (?, ?, ?)
            on conflict (uid) do update set payload = excluded.payload,
              expires_at = excluded.expires_at`,
      bindings: [interaction.uid, interaction.payload, interaction.expiresAt],
    },
    {
      name: `interaction_return_${index}`,
      sql: `insert into oidc_interaction_returns (uid, service_id, created_at) values (?, ?, ?)
            on conflict (uid) do nothing`,
      bindings: [interaction.uid, interaction.serviceId, now],
    },
  ]);
  if (interactionsGone.length === 0) return parts;
  return [
    ...parts,
    {
      name: 'interactions_gone',
      sql: 'delete from oidc_interactions where uid = any(?::text[])',
      bindings: [interactionsGone],
    },
  ];
}

function auditParts({ auditIssued, auditReplay }: Writes): Part[] {
  const named = [
    ['audit_issued', auditIssued],
    ['audit_replay', auditReplay],
  ] as const;
  return named.flatMap(([name, part]) =>
    part === null ? [] : [{ name, sql: part.sql, bindings: [part.binding] }],
  );
}
