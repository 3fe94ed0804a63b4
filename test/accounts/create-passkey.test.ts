import { beforeAll, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { Departure } from '../passkey-device.ts';
import { askForCode, confirmAddress, countAccounts, makePasskey } from './creation.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

it('asks for a challenge-bound, discoverable, user-verifying passkey without attestation', async () => {
  const walker = await confirmAddress(server, 'options@example.org');
  const options = (await walker.postJson('/create/passkey/options')).json();
  expect(options).toMatchObject({
    rp: { id: 'localhost' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    user: { name: 'options@example.org' },
    excludeCredentials: [],
  });
});

it.each<[string, Departure]>([
  ['from a foreign origin', { origin: 'https://evil.example' }],
  ['for another relying party', { rpId: 'evil.example' }],
  ['without user verification', { userVerified: false }],
  ['without user presence', { userPresent: false }],
  ['from inside a frame', { crossOrigin: true }],
  ['of the wrong ceremony', { type: 'webauthn.get' }],
  ['for a challenge of its own', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
])('refuses a new passkey %s and makes no account', async (name, departure) => {
  const email = `${name.replaceAll(' ', '-')}@example.org`;
  const walker = await confirmAddress(server, email);
  const before = await countAccounts(server);
  const answer = await makePasskey(walker, departure);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('could not be saved');
  expect(await countAccounts(server)).toBe(before);
});

it('uses a registration challenge once, and only for the registration it was made for', async () => {
  const walker = await confirmAddress(server, 'once@example.org');
  const options = (await walker.postJson('/create/passkey/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const bad = JSON.stringify(device.register(options as never, { userVerified: false }));
  expect((await walker.post('/create/passkey', { credential: bad })).status).toBe(422);
  const good = JSON.stringify(device.register(options as never));
  expect((await walker.post('/create/passkey', { credential: good })).status).toBe(422);

  const stranger = await confirmAddress(server, 'stranger@example.org');
  const theirs = (await stranger.postJson('/create/passkey/options')).json();
  const crossed = JSON.stringify(device.register(theirs as never));
  expect((await walker.post('/create/passkey', { credential: crossed })).status).toBe(422);
});

it('lets a registration challenge live five minutes', async () => {
  const walker = await confirmAddress(server, 'slow@example.org');
  const options = (await walker.postJson('/create/passkey/options')).json();
  const credential = JSON.stringify(
    passkeyDevice({ origin: server.url }).register(options as never),
  );
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
  try {
    expect((await walker.post('/create/passkey', { credential })).status).toBe(422);
  } finally {
    vi.useRealTimers();
  }
});

it('gives no passkey options before the code was confirmed', async () => {
  const walker = await askForCode(server, 'early@example.org');
  const answer = await walker.postJson('/create/passkey/options');
  expect(answer.status).toBe(410);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

it('makes one account of two browsers that race with one address', async () => {
  const [first, second] = [
    await confirmAddress(server, 'twice@example.org'),
    await confirmAddress(server, 'twice@example.org'),
  ];
  const answers = await Promise.all([makePasskey(first), makePasskey(second)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 422]);
});
