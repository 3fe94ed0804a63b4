import { beforeAll, expect, it, vi } from 'vitest';
import { applyAccountChange } from '../../src/accounts/apply-account-change.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { PasskeyDevice } from '../passkey-device.ts';
import { newWalker, signIn, signUp, waitForMail } from '../walk.ts';
import type { SignedIn, Walker } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

const HOURS = 3_600_000;

/** Runs `work` as if `hours` had passed. */
async function afterHours<Value>(hours: number, work: () => Promise<Value>): Promise<Value> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * HOURS });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

async function addPasskey(walker: Walker): Promise<{ device: PasskeyDevice; path: string }> {
  const device = passkeyDevice({ origin: server.url });
  const options = (await walker.postJson('/passkeys/new/options')).json();
  const credential = JSON.stringify(device.register(options as never));
  const answer = await walker.post('/passkeys/new', { credential });
  expect(answer.status).toBe(303);
  return { device, path: answer.location ?? '' };
}

async function pathOfFirst(person: SignedIn): Promise<string> {
  const row = await server.app
    .db('passkeys')
    .where({ account_id: person.accountId })
    .orderBy('created_at')
    .first<{ id: string }>('id');
  return `/passkeys/${row.id}`;
}

it('adds a passkey after a fresh sign-in, tells the holder, and names it', async () => {
  const anna = await signUp(server, { email: 'anna@example.org' });
  const { device, path } = await addPasskey(anna.walker);
  expect((await signIn(newWalker(server.url), device)).status).toBe(303);
  await waitForMail(server.url, anna.email, ({ subject }) => subject.includes('was added'));
  const named = await anna.walker.post(`${path}/name`, { label: '  My <b>second</b> phone ' });
  expect(named).toMatchObject({ status: 303, location: '/passkeys' });
  const list = await anna.walker.get('/passkeys');
  expect(list.text).toContain('My &lt;b&gt;second&lt;/b&gt; phone');
  const bad = await anna.walker.post(`${path}/name`, { label: '   ' });
  expect(bad.status).toBe(422);
  expect(bad.text).toContain('href="#field-label"');
});

it('asks the passkey again before a change where the sign-in is older than five minutes', async () => {
  const person = await signUp(server, { email: 'stale@example.org' });
  const { path } = await addPasskey(person.walker);
  await afterHours(0.1, async () => {
    for (const [from, wanted] of [
      ['/passkeys/new', '%2Fpasskeys%2Fnew'],
      [`${path}/removal`, encodeURIComponent(path)],
      ['/passkeys/recovery-code', '%2Fpasskeys'],
    ] as const)
      expect((await person.walker.post(from)).location).toBe(
        `/sign-in?again=1&return_to=${wanted}`,
      );
    expect((await person.walker.postJson('/passkeys/new/options')).status).toBe(401);
  });
});

it('removes another passkey at once: its sessions end and the holder is told', async () => {
  const person = await signUp(server, { email: 'remove@example.org' });
  const { device, path } = await addPasskey(person.walker);
  const other = newWalker(server.url);
  await signIn(other, device);
  expect((await other.get('/home')).status).toBe(200);
  expect((await person.walker.post(`${path}/removal`)).status).toBe(303);
  expect((await other.get('/home')).status).toBe(302);
  expect((await signIn(newWalker(server.url), device)).status).toBe(422);
  expect((await person.walker.get('/home')).status).toBe(200);
  await waitForMail(server.url, person.email, ({ subject }) => subject.includes('was removed'));
  expect((await person.walker.post(`${path}/removal`)).status).toBe(404);
});

it('removes the passkey of the session itself only after 72 hours, which any passkey can stop', async () => {
  const person = await signUp(server, { email: 'own@example.org' });
  const { device } = await addPasskey(person.walker);
  const own = await pathOfFirst(person);
  expect((await person.walker.get(own)).text).toContain('after 72 hours');
  await person.walker.post(`${own}/removal`);
  await waitForMail(server.url, person.email, ({ subject }) => subject.includes('will be removed'));
  const change = await server.app
    .db('account_changes')
    .where({ account_id: person.accountId })
    .first<{ id: string }>('id');
  await afterHours(71.9, () => applyAccountChange({ changeId: change.id }, server.app));
  expect((await signIn(newWalker(server.url), person.device)).status).toBe(303);

  const second = newWalker(server.url);
  await signIn(second, device);
  expect((await second.get('/passkeys')).text).toContain(change.id);
  expect((await second.post(`/account-changes/${change.id}/cancellation`)).status).toBe(303);
  await afterHours(72.1, () => applyAccountChange({ changeId: change.id }, server.app));
  expect((await signIn(newWalker(server.url), person.device)).status).toBe(303);

  await person.walker.post(`${own}/removal`);
  const again = await server.app
    .db('account_changes')
    .where({ account_id: person.accountId, state: 'waiting' })
    .first<{ id: string }>('id');
  await afterHours(72.1, () => applyAccountChange({ changeId: again.id }, server.app));
  expect((await signIn(newWalker(server.url), person.device)).status).toBe(422);
});

it('lets no newcomer remove an older passkey at once: a stolen one could add its own and take over', async () => {
  const person = await signUp(server, { email: 'newcomer@example.org' });
  const { device } = await addPasskey(person.walker);
  const own = await pathOfFirst(person);
  const thief = newWalker(server.url);
  await signIn(thief, device);
  expect((await thief.get(own)).text).toContain('after 72 hours');
  expect((await thief.post(`${own}/removal`)).status).toBe(303);
  expect((await signIn(newWalker(server.url), person.device)).status).toBe(303);
  await waitForMail(server.url, person.email, ({ subject }) => subject.includes('will be removed'));

  await afterHours(72.5, async () => {
    const later = newWalker(server.url);
    await signIn(later, device);
    expect((await later.get(own)).text).toContain('Remove it now');
  });
});

it('keeps the last passkey, even from two removals at once', async () => {
  const person = await signUp(server, { email: 'last@example.org' });
  const own = await pathOfFirst(person);
  expect((await person.walker.get(own)).text).toContain('only passkey');
  expect((await person.walker.post(`${own}/removal`)).status).toBe(409);

  const { device, path } = await addPasskey(person.walker);
  const other = newWalker(server.url);
  await signIn(other, device);
  const answers = await Promise.all([
    person.walker.post(`${path}/removal`),
    other.post(`${own}/removal`),
  ]);
  const left = await server.app
    .db('passkeys')
    .where({ account_id: person.accountId })
    .whereNull('removed_at');
  expect(left).toHaveLength(1);
  expect(answers.some(({ status }) => status === 303)).toBe(true);
});

it('touches nobody else’s passkeys, sessions or changes', async () => {
  const anna = await signUp(server, { email: 'mine@example.org' });
  const thief = await signUp(server, { email: 'thief@example.org' });
  const path = await pathOfFirst(anna);
  expect((await thief.walker.get(path)).status).toBe(404);
  expect((await thief.walker.post(`${path}/name`, { label: 'x' })).status).toBe(404);
  expect((await thief.walker.post(`${path}/removal`)).status).toBe(404);
  const session = await server.app
    .db('sessions')
    .where({ account_id: anna.accountId })
    .first<{ id: string }>('id');
  expect((await thief.walker.post(`/sessions/${session.id}/end`)).status).toBe(404);
  expect((await thief.walker.get('/passkeys/not-an-id')).status).toBe(404);
});

it('lists sessions, ends one, ends all others', async () => {
  const person = await signUp(server, { email: 'sessions@example.org' });
  const [second, third] = [newWalker(server.url), newWalker(server.url)];
  await signIn(second, person.device);
  await signIn(third, person.device);
  const page = await person.walker.get('/sessions');
  const ids = [...page.text.matchAll(/\/sessions\/([0-9a-f-]{36})\/end/g)].map(([, id]) => id);
  expect(ids).toHaveLength(2);
  await person.walker.post(`/sessions/${ids[0]}/end`);
  const live = await Promise.all([second, third].map((walker) => walker.get('/home')));
  expect(live.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 302]);
  await person.walker.post('/sessions/others/end');
  expect((await second.get('/home')).status).toBe(302);
  expect((await third.get('/home')).status).toBe(302);
  expect((await person.walker.get('/home')).status).toBe(200);
});
