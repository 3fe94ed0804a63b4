import { randomUUID } from 'node:crypto';
import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { ASSERTION_TYPE, dpopProof, keyedParty, postForm, serviceKey } from './keyed-party.ts';
import type { KeyedParty, ServiceKey } from './keyed-party.ts';
import { CALLBACK, authorize } from './relying-party.ts';
import { startNode } from './start-node.ts';

/* Two processes on one database: what was used at one is used at the other. */
let server: TestServer;
let here: string;
let there: string;
let walker: Walker;
let party: KeyedParty;
let key: ServiceKey;

beforeAll(async () => {
  server = await startTestServer();
  here = server.url;
  [there, { walker }, party, key] = await Promise.all([
    startNode(server),
    signUp(server, { email: 'anna@example.org' }),
    keyedParty(server),
    serviceKey(),
  ]);
}, 60_000);

const withAssertion = async (fields: Record<string, string>, assertion?: string) => ({
  ...fields,
  client_assertion: assertion ?? (await party.assertion()),
  client_assertion_type: ASSERTION_TYPE,
});

it('takes a client assertion once, at whichever node, however many come at once', async () => {
  const assertion = await party.assertion();
  const fields = await withAssertion({ token: 'none' }, assertion);
  expect((await postForm(`${here}/oidc/introspection`, fields)).status).toBe(200);
  expect((await postForm(`${there}/oidc/introspection`, fields)).body.error).toBe('invalid_client');

  for (let round = 0; round < 5; round++) {
    const again = await withAssertion({ token: 'none' });
    const answers = await Promise.all(
      [here, there, here, there, here, there].map((node) =>
        postForm(`${node}/oidc/introspection`, again),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect(status).toBeLessThan(500);
  }
});

it('takes a proof of possession once, and its nonces at every node', async () => {
  const target = { htm: 'POST', htu: `${here}/oidc/token` };
  const redeem = async (node: string, proof: string, verifier: string, code: string) =>
    postForm(
      `${node}/oidc/token`,
      await withAssertion({
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: verifier,
      }),
      { dpop: proof },
    );
  const asked = await redeem(there, await dpopProof(key, target), 'v'.repeat(43), 'none');
  const nonce = asked.headers.get('dpop-nonce')!;
  const first = await authorize(walker, party);
  const second = await authorize(walker, party);
  const codeOf = ({ url }: { url: URL }) => url.searchParams.get('code')!;
  const proof = await dpopProof(key, { ...target, nonce, jti: randomUUID() });
  const good = await redeem(here, proof, first.checks.pkceCodeVerifier, codeOf(first));
  expect(good).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  const replayed = await redeem(there, proof, second.checks.pkceCodeVerifier, codeOf(second));
  expect(replayed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

it('ends within a second, at every node, what a code gave that is used again elsewhere', async () => {
  const { url, checks } = await authorize(walker, party);
  const tokens = await openid.authorizationCodeGrant(party.config, url, checks);
  const bearer = { authorization: `Bearer ${tokens.access_token}` };
  const use = async (node: string) =>
    (await fetch(`${node}/oidc/userinfo`, { headers: bearer })).status;
  expect(await use(there)).toBe(200);
  const again = await postForm(
    `${there}/oidc/token`,
    await withAssertion({
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      redirect_uri: CALLBACK,
      code_verifier: checks.pkceCodeVerifier,
    }),
  );
  expect(again.body.error).toBe('invalid_grant');
  const endedAt = performance.now();
  for (const node of [here, there]) {
    while ((await use(node)) !== 401) {
      if (performance.now() - endedAt > 1000) throw new Error(`${node} still takes it.`);
    }
    const refreshed = await postForm(
      `${node}/oidc/token`,
      await withAssertion({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token! }),
    );
    expect(refreshed.body.error).toBe('invalid_grant');
  }
});

it('takes a pushed request once, at whichever node', async () => {
  const pushed = await postForm(
    `${there}/oidc/request`,
    await withAssertion({
      client_id: party.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge('v'.repeat(43)),
      code_challenge_method: 'S256',
    }),
  );
  const query = new URLSearchParams({
    client_id: party.clientId,
    request_uri: String(pushed.body.request_uri),
  });
  const path = `/oidc/auth?${query.toString()}`;
  const first = await walker.get(path);
  expect(new URL(first.location!).searchParams.has('code')).toBe(true);
  const cookie = [...walker.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const second = await fetch(`${there}${path}`, { headers: { cookie }, redirect: 'manual' });
  expect([second.status, second.headers.get('location')]).toEqual([400, null]);
});
