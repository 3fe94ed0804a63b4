import { hash } from 'node:crypto';
import { auditWithin } from '../../audit/append-within.ts';
import type { App } from '../../lib/app.ts';
import { runPrepared } from '../../lib/prepared.ts';
import type { Writes } from './writes.ts';

/**
 * `replayed`: the code or token had been used, its grant is gone, or the consent that a grant was made from ended meanwhile;
 * nothing was issued, and the grant is gone now.
 */
export type FlushOutcome = 'done' | 'replayed';

/**
 * Writes what these requests recorded in one statement, atomically. Everybody locks grants first, in the order of
 * their names, then tokens, so that neither races nor revocations deadlock. The loser of a race waits for the winner,
 * finds the token used, and deletes the grant: the winner's tokens die with it, in this very statement (RFC 6749
 * §4.1.2, RFC 9700 §4.14.2). Requests of one batch must have nothing in common (`keysOf`).
 */
export async function flushWrites(
  app: Pick<App, 'db' | 'clock' | 'random'>,
  batch: readonly Writes[],
): Promise<FlushOutcome[]> {
  const statement = new Statement();
  addConsents(statement, batch);
  addConsume(statement, batch);
  addGrants(statement, batch);
  addSessions(statement, batch);
  addTokens(statement, batch);
  addInteractions(statement, batch);
  addAudit(statement, app, batch);
  const lost = await runPrepared(app.db, statement.prepared());
  const outcomes = batch.map((): FlushOutcome => 'done');
  for (const row of lost) outcomes[row.item as number] = 'replayed';
  return outcomes;
}

/** A statement made of parts: the parts that have nothing to do are left out. */
class Statement {
  readonly #parts: string[] = [];
  readonly #values: unknown[] = [];
  /** Parts that name, as `item`, the requests that get nothing: whoever used up what was used, or whose consent has ended. */
  readonly refusals: string[] = [];

  /** A value's placeholder. */
  value(value: unknown): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  add(name: string, sql: string): void {
    this.#parts.push(`${name} as ${sql}`);
  }

  /** For rows that are stored for winners only. */
  whereWon(rows: string): string {
    const won = this.refusals.map((part) => `${rows}.item not in (select item from ${part})`);
    return won.length === 0 ? '' : `where ${won.join(' and ')}`;
  }

  prepared() {
    const refused = this.refusals.map((part) => `select item from ${part}`).join(' union ');
    const text = `with ${this.#parts.join(',\n')}\n${refused || 'select 0 as item where false'}`;
    return { name: nameOf(text), text, values: this.#values };
  }
}

const names = new Map<string, string>();

/** There are few shapes of this statement: each connection plans each once, under a name of its own. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `oidc_flush_${hash('sha256', text, 'hex').slice(0, 24)}`;
  names.set(text, name);
  return name;
}

/**
 * Holds the consents from which grants are made until the statement is done: a withdrawal under way is waited for, and one that comes
 * later finds the grant and deletes it. Held before any grant, as a withdrawal does.
 */
function addConsents(statement: Statement, batch: readonly Writes[]): void {
  const asked = batch.flatMap(({ grants }, item) =>
    grants.flatMap(({ consentId }) =>
      consentId === null ? [] : [{ item, consent_id: consentId }],
    ),
  );
  if (asked.length === 0) return;
  statement.refusals.push('withdrawn');
  statement.add(
    'agreed',
    `materialized (
       select item, consent_id
         from json_to_recordset(${statement.value(JSON.stringify(asked))}::json) as rows (item int, consent_id uuid))`,
  );
  statement.add(
    'consents',
    `materialized (
       select id from oidc_consents where id in (select consent_id from agreed) and ended_at is null
        order by id for share)`,
  );
  statement.add(
    'withdrawn',
    `materialized (select item from agreed where consent_id not in (select id from consents))`,
  );
}

function addConsume(statement: Statement, batch: readonly Writes[]): void {
  const asked = batch.flatMap(({ consume }, item) =>
    consume ? [{ item, id_digest: base64(consume.idDigest), grant_id: consume.grantId }] : [],
  );
  if (asked.length === 0) return;
  statement.refusals.push('lost');
  const rows = statement.value(JSON.stringify(asked));
  const now = statement.value(batch[0]!.at);
  statement.add(
    'asked',
    `materialized (
       select item, decode(id_digest, 'base64') as id_digest, grant_id
         from json_to_recordset(${rows}::json) as rows (item int, id_digest text, grant_id text))`,
  );
  const afterConsents = statement.refusals.includes('withdrawn')
    ? 'and (select count(*) from withdrawn) >= 0'
    : '';
  statement.add(
    'held',
    `materialized (
       select id from oidc_grants where id in (select grant_id from asked) ${afterConsents}
        order by id for no key update)`,
  );
  statement.add(
    'consumed',
    `(update oidc_tokens t set consumed_at = ${now}::timestamptz from asked
       where t.id_digest = asked.id_digest and t.consumed_at is null
         and t.grant_id in (select id from held)
      returning asked.item)`,
  );
  statement.add(
    'lost',
    '(select item, grant_id from asked where item not in (select item from consumed))',
  );
  statement.add('ended', '(delete from oidc_grants where id in (select grant_id from lost))');
}

function addGrants(statement: Statement, batch: readonly Writes[]): void {
  const grants = batch.flatMap((writes, item) => writes.grants.map((grant) => ({ item, grant })));
  if (grants.length === 0) return;
  const rows = statement.value(
    JSON.stringify(
      grants.map(({ item, grant }) => ({
        item,
        id: grant.id,
        account_id: grant.accountId,
        ward_account_id: grant.wardId,
        service_id: grant.serviceId,
        session_uid: grant.sessionUid,
        payload: grant.payload,
        expires_at: grant.expiresAt,
      })),
    ),
  );
  statement.add(
    'grants',
    `(insert into oidc_grants (id, account_id, ward_account_id, service_id, session_uid, payload, expires_at)
      select id, account_id, ward_account_id, service_id, session_uid, payload, expires_at
        from json_to_recordset(${rows}::json) as rows (item int, id text, account_id uuid, ward_account_id uuid,
          service_id text, session_uid text, payload jsonb, expires_at timestamptz)
       ${statement.whereWon('rows')}
       order by id
      on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at)`,
  );
}

function addSessions(statement: Statement, batch: readonly Writes[]): void {
  const sessions = batch.flatMap((writes) => writes.sessions);
  if (sessions.length > 0) {
    const rows = statement.value(
      JSON.stringify(
        sessions.map((session) => ({
          uid: session.uid,
          id_digest: base64(session.idDigest),
          account_id: session.accountId,
          web_session_id: session.webSessionId,
          payload: base64(session.payload),
          expires_at: session.expiresAt,
        })),
      ),
    );
    statement.add(
      'sessions_saved',
      `(insert into oidc_sessions (uid, id_digest, account_id, web_session_id, payload, expires_at)
        select uid, decode(id_digest, 'base64'), account_id, web_session_id,
               decode(payload, 'base64'), expires_at
          from json_to_recordset(${rows}::json) as rows (uid text, id_digest text, account_id uuid,
            web_session_id uuid, payload text, expires_at timestamptz)
         order by uid
        on conflict (uid) do update set id_digest = excluded.id_digest,
          account_id = excluded.account_id, web_session_id = excluded.web_session_id,
          payload = excluded.payload, expires_at = excluded.expires_at)`,
    );
  }
  const gone = batch.flatMap((writes) => writes.sessionsGone);
  if (gone.length > 0)
    statement.add(
      'sessions_gone',
      `(delete from oidc_sessions where id_digest = any(${statement.value(gone)}::bytea[]))`,
    );
}

function addTokens(statement: Statement, batch: readonly Writes[]): void {
  const tokens = batch.flatMap((writes, item) => writes.tokens.map((token) => ({ item, token })));
  if (tokens.length === 0) return;
  const rows = statement.value(
    JSON.stringify(
      tokens.map(({ item, token }) => ({
        item,
        id_digest: base64(token.idDigest),
        kind: token.kind,
        grant_id: token.grantId,
        session_uid: token.sessionUid,
        aal: token.aal,
        payload: base64(token.payload),
        expires_at: token.expiresAt,
      })),
    ),
  );
  statement.add(
    'tokens',
    `(insert into oidc_tokens (id_digest, kind, grant_id, session_uid, aal, payload, expires_at)
      select decode(id_digest, 'base64'), kind, grant_id, session_uid, aal,
             decode(payload, 'base64'), expires_at
        from json_to_recordset(${rows}::json) as rows (item int, id_digest text, kind text,
          grant_id text, session_uid text, aal smallint, payload text, expires_at timestamptz)
       ${statement.whereWon('rows')}
       order by grant_id)`,
  );
}

function addInteractions(statement: Statement, batch: readonly Writes[]): void {
  const interactions = batch.flatMap(({ at, interactions: own }) =>
    own.map((row) => ({
      uid: row.uid,
      payload: base64(row.payload),
      service_id: row.serviceId,
      created_at: at,
      expires_at: row.expiresAt,
    })),
  );
  if (interactions.length > 0) {
    const rows = `json_to_recordset(${statement.value(JSON.stringify(interactions))}::json) as rows (
      uid text, payload text, service_id text, created_at timestamptz, expires_at timestamptz)`;
    statement.add(
      'interactions',
      `(insert into oidc_interactions (uid, payload, expires_at)
        select uid, decode(payload, 'base64'), expires_at from ${rows} order by uid
        on conflict (uid) do update set payload = excluded.payload,
          expires_at = excluded.expires_at)`,
    );
    statement.add(
      'interaction_returns',
      `(insert into oidc_interaction_returns (uid, service_id, created_at)
        select uid, service_id, created_at from ${rows} order by uid
        on conflict (uid) do nothing)`,
    );
  }
  const gone = batch.flatMap((writes) => writes.interactionsGone);
  if (gone.length > 0)
    statement.add(
      'interactions_gone',
      `(delete from oidc_interactions where uid = any(${statement.value(gone)}::text[]))`,
    );
}

function addAudit(
  statement: Statement,
  app: Pick<App, 'clock' | 'random'>,
  batch: readonly Writes[],
): void {
  const add = (part: 'auditIssued' | 'auditReplay', where: (rows: string) => string) => {
    const events = batch.flatMap((writes, item) => writes[part].map((event) => ({ item, event })));
    if (events.length === 0) return;
    const { sql, rows } = auditWithin(app, events);
    statement.add(part.toLowerCase(), `(${sql(statement.value(rows), where)})`);
  };
  add('auditIssued', (rows) => statement.whereWon(rows));
  add('auditReplay', (rows) => `where ${rows}.item in (select item from lost)`);
}

const base64 = (bytes: Buffer) => bytes.toString('base64');
