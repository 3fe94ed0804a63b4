import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TokenKind } from '../../src/oidc/store/artefact-store.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import { exchange, fieldsOf, issueTokens, PUBLIC_SERVICE } from './issued.ts';
import { relyingParty } from './relying-party.ts';
import { startNode } from './start-node.ts';

/*
 * A code or refresh token that a thief uses at the same moment as the service, at two nodes of ours: the library
 * looks whether it was used, then marks it, and would let both through. Never two successes; and the loser's
 * revocation takes what the winner was given, for nobody knows who was who.
 */
const RACES = 1000;
const AT_ONCE = 25;
let server: TestServer;
let accountId: AccountId;
let ports: number[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 2 * AT_ONCE });

beforeAll(async () => {
  server = await startTestServer();
  await relyingParty(server, PUBLIC_SERVICE);
  ({ accountId } = await signUp(server, { email: 'anna@example.org' }));
  const nodes = await Promise.all([startNode(server), startNode(server)]);
  ports = nodes.map((url) => Number(new URL(url).port));
});

afterAll(() => agent.destroy());

/** Races each value at both nodes at once; how often which pair of answers came. */
async function race(kind: TokenKind, values: readonly string[]): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let from = 0; from < values.length; from += AT_ONCE)
    await Promise.all(
      values.slice(from, from + AT_ONCE).map(async (value) => {
        const answers = await Promise.all(
          ports.map((port) => exchange({ port, agent }, fieldsOf(kind, value))),
        );
        const key = answers
          .map(({ status }) => status)
          .toSorted((a, b) => a - b)
          .join(' ');
        seen[key] = (seen[key] ?? 0) + 1;
      }),
    );
  return seen;
}

const grantsLeft = async (kind: TokenKind) =>
  server.app.db('oidc_grants').where('id', 'like', `${kind} %`).pluck('id');

it.each([
  ['code', 'AuthorizationCode'],
  ['refresh token', 'RefreshToken'],
] as const)(
  'never takes a %s twice over two processes, and the loser ends what the winner got',
  async (_name, kind) => {
    const values = await issueTokens(server.app, { kind, accountId, count: RACES });
    expect(await race(kind, values)).toEqual({ '200 400': RACES });
    expect(await grantsLeft(kind)).toEqual([]);
    expect(await server.app.db('oidc_tokens').pluck('kind')).toEqual([]);
  },
  60_000,
);
