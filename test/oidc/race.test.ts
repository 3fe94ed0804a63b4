import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { flushWrites } from '../../src/oidc/store/flush-store.ts';
import { noWrites } from '../../src/oidc/store/writes.ts';
import type { TokenKind } from '../../src/oidc/store/artefact-store.ts';
import { createPayloadSeal } from '../../src/oidc/store/payload-seal.ts';
import { PLACES } from '../../src/oidc/store/request-scope.ts';
import { digestToken } from '../../src/lib/blind-index.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import { CALLBACK, relyingParty } from './relying-party.ts';

/*
 * A code or refresh token that a thief uses at the same moment as the service, at two nodes of ours: the library
 * looks whether it was used, then marks it, and would let both through. Never two successes; and the loser's
 * revocation takes what the winner was given, for nobody knows who was who.
 */
const RACES = 1000;
const AT_ONCE = 25;
const VERIFIER = 'v'.repeat(43);
let server: TestServer;
let accountId: AccountId;
let ports: number[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 2 * AT_ONCE });

beforeAll(async () => {
  server = await startTestServer();
  await relyingParty(server, {
    client_id: 'lands-app',
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'ES256',
  });
  ({ accountId } = await signUp(server, { email: 'anna@example.org' }));
  ports = await Promise.all([startNode(), startNode()]);
});

/** Another process of our server on the same database. */
async function startNode(): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'node.ts')], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      DATABASE_URL: server.databaseUrl,
      KEYS_DIR: inject('keysDir'),
      DATA_DIR: server.app.config.DATA_DIR,
      ISSUER: server.url,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  afterAll(async () => {
    child.stdin.end();
    await once(child, 'exit');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(line.toString());
}

afterAll(() => agent.destroy());

/** `RACES` values of a kind, each under a grant of its own, as a sign-in would have left them. */
async function issue(kind: TokenKind): Promise<string[]> {
  const { app } = server;
  const seal = createPayloadSeal(app);
  const now = Math.floor(Date.now() / 1000);
  const expiresAt = new Date(Date.now() + 3600_000);
  const values = Array.from({ length: RACES }, () => app.random.token());
  for (let from = 0; from < RACES; from += 50) {
    const writes = noWrites(new Date());
    for (const value of values.slice(from, from + 50)) {
      const grantId = `${kind} ${value}`;
      const idDigest = digestToken(app.keys.tokenDigestKey, value);
      const common = { iat: now, exp: now + 3600, accountId, clientId: 'lands-app' };
      writes.grants.push({
        id: grantId,
        accountId,
        serviceId: 'lands-app',
        sessionUid: null,
        consentId: null,
        payload: { ...common, kind: 'Grant', openid: { scope: 'openid' } },
        expiresAt,
      });
      const payload = { ...common, kind, grantId, scope: 'openid', authTime: now, ...CODE };
      writes.tokens.push({
        idDigest,
        kind,
        grantId,
        sessionUid: null,
        aal: 2,
        payload: seal.seal(PLACES.token(idDigest), payload),
        consumedAt: null,
        expiresAt,
      });
    }
    await flushWrites(app, [writes]);
  }
  return values;
}

const CODE = {
  redirectUri: CALLBACK,
  codeChallenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  codeChallengeMethod: 'S256',
};

function exchange(port: number, fields: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const body = new URLSearchParams({ ...fields, client_id: 'lands-app' }).toString();
    const call = httpRequest(
      { host: '127.0.0.1', port, path: '/oidc/token', method: 'POST', agent },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    call.on('error', reject);
    call.setHeader('content-type', 'application/x-www-form-urlencoded');
    call.end(body);
  });
}

/** Races each value at both nodes at once; how often which pair of answers came. */
async function race(
  values: readonly string[],
  fields: (value: string) => Record<string, string>,
): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let from = 0; from < values.length; from += AT_ONCE)
    await Promise.all(
      values.slice(from, from + AT_ONCE).map(async (value) => {
        const answers = await Promise.all(ports.map((port) => exchange(port, fields(value))));
        const key = answers.toSorted((a, b) => a - b).join(' ');
        seen[key] = (seen[key] ?? 0) + 1;
      }),
    );
  return seen;
}

const grantsLeft = async (kind: TokenKind) =>
  server.app.db('oidc_grants').where('id', 'like', `${kind} %`).pluck('id');

it('never takes a code twice over two processes, and the loser ends what the winner got', async () => {
  const codes = await issue('AuthorizationCode');
  const seen = await race(codes, (code) => ({
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
  }));
  expect(seen).toEqual({ '200 400': RACES });
  expect(await grantsLeft('AuthorizationCode')).toEqual([]);
}, 60_000);

it('never takes a refresh token twice over two processes, and the loser ends what the winner got', async () => {
  const tokens = await issue('RefreshToken');
  const seen = await race(tokens, (token) => ({
    grant_type: 'refresh_token',
    refresh_token: token,
  }));
  expect(seen).toEqual({ '200 400': RACES });
  expect(await grantsLeft('RefreshToken')).toEqual([]);
  expect(await server.app.db('oidc_tokens').pluck('kind')).toEqual([]);
}, 60_000);
