import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { nextNonce } from '../../../src/oidc/signing-keys/dpop-nonces.ts';
import { dropKey, rotateKeys } from '../../../src/oidc/signing-keys/rotate-keys.ts';
import { listKeys } from '../../../src/oidc/signing-keys/store.ts';
import { startTestServer } from '../../harness.ts';
import type { TestServer } from '../../harness.ts';
import { signUp } from '../../walk.ts';
import { dpopProof, postForm, serviceKey } from '../keyed-party.ts';
import type { ServiceKey } from '../keyed-party.ts';
import { authorize, CALLBACK, relyingParty } from '../relying-party.ts';
import type { RelyingParty } from '../relying-party.ts';

/* A service that holds a nonce when the secret behind it changes is not sent back for another one. */
let server: TestServer;
let party: RelyingParty;
let key: ServiceKey;
beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  key = await serviceKey('ES256');
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => vi.useRealTimers());

async function token(fields: Record<string, string>, nonce: string | undefined) {
  const address = `${server.url}/oidc/token`;
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const proof = await dpopProof(key, { htm: 'POST', htu: address, ...(nonce ? { nonce } : {}) });
  const answer = await postForm(address, fields, { dpop: proof, authorization: `Basic ${basic}` });
  return { ...answer, nonce: answer.headers.get('dpop-nonce') ?? undefined };
}

const secretNow = () => server.app.keys.dpopNonceSecret;
const rotate = () => rotateKeys(server.app, { kinds: ['dpop-nonce'], soon: true });

it('takes nonces of the former secret, of a waiting one, and of none that was dropped', async () => {
  const { app } = server;
  const { walker } = await signUp(server, { email: 'anna@example.org' });
  const { url, checks } = await authorize(walker, party);
  const exchange = {
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: CALLBACK,
    code_verifier: checks.pkceCodeVerifier,
  };
  const asked = await token(exchange, undefined);
  expect(asked.body.error).toBe('use_dpop_nonce');
  // Ours is the library's derivation: what it hands out is what we would.
  expect(asked.nonce).toBe(nextNonce(secretNow(), app.clock.now()));

  const former = secretNow();
  await rotate();
  vi.setSystemTime(Date.now() + 31_000);
  await app.providerKeys.refresh();
  expect(secretNow()).not.toEqual(former);
  const exchanged = await token(exchange, asked.nonce);
  expect(exchanged.body).toMatchObject({ token_type: 'DPoP' });
  expect(exchanged.nonce).toBe(nextNonce(secretNow(), app.clock.now()));

  const refresh = {
    grant_type: 'refresh_token',
    refresh_token: exchanged.body.refresh_token as string,
  };
  expect((await token(refresh, exchanged.nonce)).status).toBe(200);

  // Another node's clock is ahead: it hands out nonces of the next secret already.
  await rotate();
  await app.providerKeys.refresh();
  const next = app.providerKeys.current().dpopNonceSecrets[1]!;
  const early = await token(refresh, nextNonce(next, app.clock.now()));
  expect(early.status).toBe(200);
  expect(early.nonce).toBe(nextNonce(secretNow(), app.clock.now()));

  // Minutes old, or made under no secret of ours.
  const old = nextNonce(secretNow(), new Date(Date.now() - 5 * 60_000));
  for (const nonce of [old, nextNonce(Buffer.alloc(32), app.clock.now()), 'x', '__proto__'])
    expect((await token(refresh, nonce)).body.error).toBe('use_dpop_nonce');

  const compromised = secretNow();
  const [inUse] = (await listKeys(app.db, app.clock.now())).filter(
    ({ kind, usedFrom, usedUntil }) =>
      kind === 'dpop-nonce' && usedFrom <= app.clock.now() && usedUntil! > app.clock.now(),
  );
  expect(await dropKey(app, inUse!.kid)).toMatchObject({ ok: true, kind: 'dpop-nonce' });
  await app.providerKeys.refresh();
  expect(secretNow()).toEqual(next);
  const refused = await token(refresh, nextNonce(compromised, app.clock.now()));
  expect(refused.body.error).toBe('use_dpop_nonce');
  expect((await token(refresh, refused.nonce)).status).toBe(200);
});

it.each(['', 'x', 'a.b.c', `a.${Buffer.from('[]').toString('base64url')}.c`, 'é'.repeat(3)])(
  'refuses a proof %j while two secrets count',
  async (proof) => {
    const response = await postForm(
      `${server.url}/oidc/token`,
      { grant_type: 'refresh_token', refresh_token: 'x' },
      {
        dpop: encodeURI(proof),
        authorization: `Basic ${Buffer.from(`${party.clientId}:${party.secret}`).toString('base64')}`,
      },
    );
    expect(response.status).toBe(400);
  },
);
