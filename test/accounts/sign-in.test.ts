import { beforeAll, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { Departure } from '../passkey-device.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let server: TestServer;
let anna: SignedIn;
beforeAll(async () => {
  server = await startTestServer();
  anna = await signUp(server, { email: 'anna@example.org' });
});

const SAID = 'We could not sign you in with that passkey';

async function lastRefusal(): Promise<string> {
  const row = await server.app
    .db('audit_events')
    .where({ action: 'accounts.sign_in_refused' })
    .orderBy('id', 'desc')
    .first<{ details: string }>('details');
  return (JSON.parse(row.details) as { reason: string }).reason;
}

it('asks for any passkey of the device, with user verification', async () => {
  const walker = newWalker(server.url);
  const options = (await walker.postJson('/sign-in/options')).json();
  expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
  expect((options as { allowCredentials?: unknown[] }).allowCredentials ?? []).toEqual([]);
});

it.each<[string, Departure, string]>([
  ['from a foreign origin', { origin: 'https://evil.example' }, 'unverified'],
  ['for another relying party', { rpId: 'evil.example' }, 'unverified'],
  ['without user verification', { userVerified: false }, 'unverified'],
  ['without user presence', { userPresent: false }, 'unverified'],
  ['with a forged signature', { forgedKey: true }, 'unverified'],
  ['that changed its backup eligibility', { backupEligible: false }, 'unverified'],
  ['of the wrong ceremony', { type: 'webauthn.create' }, 'unverified'],
  ['without a user handle', { userHandle: null }, 'wrong_holder'],
  ['that names another account', { userHandle: 'AAAA' }, 'wrong_holder'],
])('refuses a passkey use %s, in the same words', async (_name, departure, reason) => {
  const walker = newWalker(server.url);
  const answer = await signIn(walker, anna.device, { departure });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(SAID);
  expect(await walker.get('/home')).toMatchObject({ status: 302 });
  expect(await lastRefusal()).toBe(reason);
});

it('refuses an unknown credential and broken input in the same words', async () => {
  const walker = newWalker(server.url);
  const stranger = passkeyDevice({ origin: server.url });
  stranger.register({ rp: { id: 'localhost' }, user: { id: 'AAAA' }, challenge: '' } as never);
  expect((await signIn(walker, stranger)).text).toContain(SAID);
  for (const credential of ['', 'null', '{}', '{"id":"x"}', '['.repeat(10_000)]) {
    const answer = await walker.post('/sign-in', { credential });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(SAID);
  }
});

it('uses a challenge once, in the browser that asked for it, within five minutes', async () => {
  const walker = newWalker(server.url);
  const options = (await walker.postJson('/sign-in/options')).json();
  const credential = JSON.stringify(anna.device.authenticate(options as never));
  const thief = newWalker(server.url);
  await thief.get('/sign-in');
  expect((await thief.post('/sign-in', { credential })).status).toBe(422);
  expect((await walker.post('/sign-in', { credential })).status).toBe(303);
  expect((await walker.post('/sign-in', { credential })).status).toBe(422);

  const late = (await walker.postJson('/sign-in/options')).json();
  const tooLate = JSON.stringify(anna.device.authenticate(late as never));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
  try {
    expect((await walker.post('/sign-in', { credential: tooLate })).status).toBe(422);
  } finally {
    vi.useRealTimers();
  }
});

it('lets one of two simultaneous posts of one answer in', async () => {
  const walker = newWalker(server.url);
  const options = (await walker.postJson('/sign-in/options')).json();
  const credential = JSON.stringify(anna.device.authenticate(options as never));
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => walker.post('/sign-in', { credential })),
  );
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
});

it('refuses a counter that does not grow: the key was copied', async () => {
  const device = passkeyDevice({ origin: server.url, synced: false });
  await signUp(server, { email: 'key@example.org', device });
  const walker = newWalker(server.url);
  expect((await signIn(walker, device)).status).toBe(303);
  const counter = device.credentials[0]!.counter;
  const copied = await signIn(newWalker(server.url), device, { departure: { counter } });
  expect(copied.text).toContain(SAID);
  expect(await lastRefusal()).toBe('counter_regressed');
  const zero = await signIn(newWalker(server.url), device, { departure: { counter: 0 } });
  expect(zero.status).toBe(422);
  device.credentials[0]!.counter = counter + 10;
  expect((await signIn(newWalker(server.url), device)).status).toBe(303);
});

it('refuses a removed passkey, a blocked and a closed account in the same words', async () => {
  const mai = await signUp(server, { email: 'mai@example.org' });
  const db = server.app.db;
  for (const state of ['blocked', 'closed']) {
    await db('accounts').where({ id: mai.accountId }).update({ state });
    expect((await signIn(newWalker(server.url), mai.device)).text).toContain(SAID);
    expect(await lastRefusal()).toBe(state);
  }
  await db('accounts').where({ id: mai.accountId }).update({ state: 'active' });
  expect((await signIn(newWalker(server.url), mai.device)).status).toBe(303);
  await db('passkeys').where({ account_id: mai.accountId }).update({ removed_at: new Date() });
  expect((await signIn(newWalker(server.url), mai.device)).text).toContain(SAID);
});

it('gives a new session id at each sign-in and ends the one before', async () => {
  const walker = newWalker(server.url);
  await signIn(walker, anna.device);
  const before = walker.cookies.get('tangchat_session');
  await signIn(walker, anna.device);
  const after = walker.cookies.get('tangchat_session');
  expect(after).not.toBe(before);
  walker.cookies.set('tangchat_session', before!);
  expect(await walker.get('/home')).toMatchObject({ status: 302 });
});

it('asks for the passkey again on `again=1` and refreshes the time of authentication', async () => {
  const walker = newWalker(server.url);
  await signIn(walker, anna.device);
  expect(await walker.get('/sign-in?return_to=/passkeys')).toMatchObject({ location: '/passkeys' });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
  try {
    const page = await walker.get('/sign-in?again=1&return_to=/passkeys/new');
    expect(page.text).toContain('Confirm that it is you');
    expect(await walker.get('/passkeys/new')).toMatchObject({
      location: '/sign-in?again=1&return_to=%2Fpasskeys%2Fnew',
    });
    const options = (await walker.postJson('/sign-in/options')).json();
    expect((options as { allowCredentials: unknown[] }).allowCredentials).toHaveLength(1);
    await signIn(walker, anna.device);
    expect((await walker.get('/passkeys/new')).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

it('leads only to paths of its own', async () => {
  for (const returnTo of ['https://evil.example', '//evil.example/x', '/\\evil.example']) {
    const walker = newWalker(server.url);
    expect(await signIn(walker, anna.device, { returnTo })).toMatchObject({ location: '/home' });
    const shown = await walker.get(`/sign-in?return_to=${encodeURIComponent(returnTo)}`);
    expect(shown.location).toBe('/home');
  }
});

it('signs out: the cookie is no longer good anywhere', async () => {
  const walker = newWalker(server.url);
  await signIn(walker, anna.device);
  const token = walker.cookies.get('tangchat_session')!;
  expect(await walker.post('/sign-out')).toMatchObject({ status: 303, location: '/' });
  walker.cookies.set('tangchat_session', token);
  expect(await walker.get('/home')).toMatchObject({ status: 302 });
});

it('refuses to sign in, or out, without the CSRF token', async () => {
  for (const path of ['/sign-in', '/sign-in/options', '/sign-out', '/console/sign-in']) {
    const answer = await fetch(new URL(path, server.url), { method: 'POST', redirect: 'manual' });
    expect(answer.status).toBe(403);
  }
});
