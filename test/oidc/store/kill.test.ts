import { randomInt } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestToken } from '../../../src/lib/blind-index.ts';
import type { AccountId } from '../../../src/lib/ids.ts';
import { startTestServer } from '../../harness.ts';
import type { TestServer } from '../../harness.ts';
import { signUp } from '../../walk.ts';
import { exchange, fieldsOf, issueTokens, PUBLIC_SERVICE } from '../issued.ts';
import { relyingParty } from '../relying-party.ts';
import { startVictim } from '../start-node.ts';

/*
 * `kill -9` of a node that is writing: the work of many requests is one statement, and whoever was in it is either wholly
 * there or not at all. What a service was told stays true; what it was not told it may ask again, and is told once.
 */
const KILLS = 2;
const CLIENTS = 32;
let server: TestServer;
let accountId: AccountId;
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

beforeAll(async () => {
  server = await startTestServer();
  await relyingParty(server, PUBLIC_SERVICE);
  ({ accountId } = await signUp(server, { email: 'anna@example.org' }));
});

afterAll(() => agent.destroy());

/** A program that exchanges its code, then each refresh token for the next, until nobody answers. */
interface Client {
  grantId: string;
  /** What was used and answered, in order. */
  used: [kind: Kind, value: string][];
  /** What was used last, with no answer. */
  pending: [kind: Kind, value: string];
  accessTokens: string[];
}
type Kind = 'AuthorizationCode' | 'RefreshToken';

async function drive(port: number, code: string, heard: () => void): Promise<Client> {
  const client: Client = {
    grantId: `AuthorizationCode ${code}`,
    used: [],
    pending: ['AuthorizationCode', code],
    accessTokens: [],
  };
  for (;;) {
    const answer = await exchange({ port, agent }, fieldsOf(...client.pending)).catch(() => null);
    if (!answer) return client;
    expect(answer.status).toBe(200);
    heard();
    client.used.push(client.pending);
    client.accessTokens.push(String(answer.body.access_token));
    client.pending = ['RefreshToken', String(answer.body.refresh_token)];
  }
}

/** Until what the killed node had sent to the database is done or undone: a statement under way is not killed with it. */
async function settled(): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const { rows } = await server.app.db.raw<{ rows: { active: number }[] }>(
      `select count(*)::int as active from pg_stat_activity where datname = current_database()
          and pid <> pg_backend_pid() and state <> 'idle' and query like '%oidc_tokens%'`,
    );
    if (rows[0]!.active === 0) return;
    await setTimeout(10);
  }
  throw new Error('Something does not come to an end.');
}

/** What the database holds of a grant: live and used values, and the audit rows of what was issued under it. */
async function onRecord({ grantId }: Client) {
  const tokens = await server.app
    .db('oidc_tokens')
    .where({ grant_id: grantId })
    .select<{ kind: string; id_digest: Buffer; consumed_at: Date | null }[]>(
      'kind',
      'id_digest',
      'consumed_at',
    );
  const issued = await server.app
    .db('audit_events')
    .where({ action: 'oidc.tokens_issued', subject_id: grantId })
    .pluck('id');
  const count = (wanted: (token: (typeof tokens)[number]) => boolean) =>
    tokens.filter(wanted).length;
  return {
    digests: new Set(tokens.map(({ id_digest: digest }) => digest.toString('hex'))),
    used: count(({ consumed_at: at }) => at !== null),
    accessTokens: count(({ kind }) => kind === 'AccessToken'),
    refreshTokens: count(({ kind }) => kind === 'RefreshToken'),
    audited: issued.length,
  };
}

/** At the node that lives: the tokens that were answered, the answer that was not, and everything that was used. */
async function expectWhole(client: Client): Promise<'written' | 'not written'> {
  const record = await onRecord(client);
  const { port } = new URL(server.url);
  const survivor = { port: Number(port), agent };
  // What the service was told is there.
  for (const token of client.accessTokens)
    expect(record.digests).toContain(
      digestToken(server.app.keys.tokenDigestKey, token).toString('hex'),
    );
  // Each use is wholly there, and no more than one was not answered.
  const { used, accessTokens, refreshTokens, audited } = record;
  expect([accessTokens, refreshTokens, audited]).toEqual([used, used, used]);
  const isWritten = used === client.used.length + 1;
  if (!isWritten) expect(used).toBe(client.used.length);
  // What was not answered is used once at most: now, or it was before the kill.
  const retries = [
    await exchange(survivor, fieldsOf(...client.pending)),
    await exchange(survivor, fieldsOf(...client.pending)),
  ];
  expect(retries.map(({ status }) => status)).toEqual([isWritten ? 400 : 200, 400]);
  // The second use ended the grant, and all that was under it.
  for (const value of client.used.slice(-2))
    expect((await exchange(survivor, fieldsOf(...value))).status).toBe(400);
  expect(await onRecord(client)).toMatchObject({ accessTokens: 0, refreshTokens: 0 });
  return isWritten ? 'written' : 'not written';
}

it('is killed while it writes: each use of a code or token is wholly there or not at all, and none counts twice', async () => {
  const victims = await Promise.all(Array.from({ length: KILLS }, () => startVictim(server)));
  const outcomes: string[] = [];
  let answered = 0;
  for (const victim of victims) {
    const codes = await issueTokens(server.app, {
      kind: 'AuthorizationCode',
      accountId,
      count: CLIENTS,
    });
    const { port } = new URL(victim.url);
    // By answers, not by time: the machine may be busy.
    const lastHeard = answered + randomInt(CLIENTS, 4 * CLIENTS);
    const enough = new EventEmitter();
    const heard = () => ++answered === lastHeard && enough.emit('heard');
    const killed = once(enough, 'heard').then(async () => {
      await setTimeout(Math.random() * 15);
      await victim.kill();
    });
    const driving = codes.map((code) => drive(Number(port), code, heard));
    await killed;
    const clients = await Promise.all(driving);
    await settled();
    outcomes.push(...(await Promise.all(clients.map(expectWhole))));
  }
  expect(outcomes).toHaveLength(KILLS * CLIENTS);
  const { rows } = await server.app.db.raw<{ rows: unknown[] }>(
    `select kind from oidc_tokens t left join oidc_grants g on g.id = t.grant_id
      where t.grant_id is not null and g.id is null`,
  );
  expect(rows).toEqual([]);
}, 60_000);
