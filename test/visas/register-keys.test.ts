import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { importAnswerKey, makeSigningJwk } from '../../src/dev/sandbox-register/signing-key.ts';
import { addSeconds } from '../../src/lib/clock.ts';
import { fetchedKeys } from '../../src/visas/register-keys.ts';
import type { RegisterKeys } from '../../src/visas/register-keys.ts';

let now = new Date('2026-11-22T10:00:00Z');
let published: unknown = null;
let asked = 0;
let keys: RegisterKeys;
const server = createServer((_, response) => {
  asked += 1;
  if (published === null) response.writeHead(503).end();
  else
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(published));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());
beforeEach(() => {
  asked = 0;
  published = null;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  keys = fetchedKeys({ url, clock: { now: () => now }, allowPlainHttp: true, timeoutMs: 1000 });
});

async function publicKey() {
  return (await importAnswerKey(await makeSigningJwk())).publicJwk;
}

test('a new key is found once it is published, a withdrawn one is gone after ten minutes', async () => {
  const [old, next] = [await publicKey(), await publicKey()];
  published = { keys: [old] };
  expect((await keys.find(old.kid!)).ok).toBe(true);
  published = { keys: [next] };
  now = addSeconds(now, 11);
  expect((await keys.find(old.kid!)).ok).toBe(true);
  expect((await keys.find(next.kid!)).ok).toBe(true);
  expect(await keys.find(old.kid!)).toEqual({ ok: false, reason: 'unknown_key' });
  expect(asked).toBe(2);
});

test('keys too old to trust are not used when new ones cannot be had', async () => {
  const key = await publicKey();
  published = { keys: [key] };
  expect((await keys.find(key.kid!)).ok).toBe(true);
  published = null;
  now = addSeconds(now, 599);
  expect((await keys.find(key.kid!)).ok).toBe(true);
  now = addSeconds(now, 1);
  expect(await keys.find(key.kid!)).toEqual({ ok: false, reason: 'unavailable' });
});

test('many who ask at once are one request', async () => {
  const key = await publicKey();
  published = { keys: [key] };
  const found = await Promise.all(Array.from({ length: 20 }, () => keys.find(key.kid!)));
  expect(found.every(({ ok }) => ok)).toBe(true);
  expect(asked).toBe(1);
});

test.each([
  ['no key set', { hello: 1 }],
  ['keys of another kind', { keys: [{ kty: 'oct', kid: 'k', k: 'AAAA' }] }],
  [
    'a point that is on no curve',
    { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k', x: 'AA', y: 'AA' }] },
  ],
])('%s gives no key', async (_, document) => {
  published = document;
  expect((await keys.find('k')).ok).toBe(false);
});
