import type { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { SIGNING_KEY_ALGS } from '../../../src/lib/keys.ts';
import { recordKeySteps } from '../../../src/oidc/signing-keys/record-steps.ts';
import { rotateKeys } from '../../../src/oidc/signing-keys/rotate-keys.ts';
import { startTestServer } from '../../harness.ts';
import { signUp } from '../../walk.ts';
import { relyingParty, signInAt } from '../relying-party.ts';
import { verifyIdToken } from './keys-at.ts';

interface Outside {
  keys: Map<string, webcrypto.CryptoKeyPair>;
  asked: { signatures: number; destroyed: string[] };
}
const outside = () => (globalThis as unknown as { outsideSigner: Outside }).outsideSigner;

afterEach(() => vi.useRealTimers());

it('signs with keys that never leave a signer, in each algorithm that a service may ask for', async () => {
  const server = await startTestServer({
    SIGNER_MODULE: join(import.meta.dirname, 'outside-signer.ts'),
    KEY_LEAD_SECONDS: '60',
    JWKS_MAX_AGE_SECONDS: '10',
  });
  const { app } = server;
  const { walker } = await signUp(server, { email: 'anna@example.org' });
  const parties = await Promise.all(
    SIGNING_KEY_ALGS.map(async (alg) => ({
      alg,
      party: await relyingParty(server, {
        client_id: `lands-${alg.toLowerCase()}`,
        id_token_signed_response_alg: alg,
      }),
    })),
  );
  const signAll = async () => {
    const headers = [];
    for (const { alg, party } of parties) {
      const { tokens } = await signInAt(walker, party);
      const header = await verifyIdToken(server, tokens.id_token!);
      expect(header.alg).toBe(alg);
      headers.push(header.kid!);
    }
    return headers;
  };
  // A deployment keeps the keys that services know when it gets a signer …
  const before = await signAll();
  const kept = app.keys.oidcJwks.keys.map(({ kid }) => kid);
  expect(before).toEqual(kept);

  // … and the next ones are made inside it.
  const rotated = await rotateKeys(app, { kinds: SIGNING_KEY_ALGS, soon: false });
  const made = rotated.map(({ kid }) => kid);
  expect([...outside().keys.keys()].toSorted()).toEqual(made.toSorted());
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 61_000);
  await app.providerKeys.refresh();
  expect(await signAll()).toEqual(made);
  expect(outside().asked.signatures).toBeGreaterThanOrEqual(4);
  for (const { privateKey } of outside().keys.values())
    await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toThrow();

  const rows = (await app
    .db('provider_keys')
    .whereIn('kid', made)
    .select('held_by', 'sealed_private', 'data_key_id')) as unknown[];
  const nothing = { held_by: 'signer', sealed_private: null, data_key_id: null };
  expect(rows).toEqual(made.map(() => nothing));

  // Replaced in turn, it is destroyed where it is.
  await rotateKeys(app, { kinds: ['ES256'], soon: false });
  vi.setSystemTime(Date.now() + 100_000);
  await app.providerKeys.refresh();
  await recordKeySteps({}, app);
  expect(outside().asked.destroyed).toEqual([made[2]]);
  await signAll();
}, 20_000);
