import { beforeAll, expect, it, vi } from 'vitest';
import { inviteOfficer } from '../../src/accounts/invite-officer.ts';
import { runOfficerInvite } from '../../src/accounts/invite-command.ts';
import { transact } from '../../src/lib/database.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { Departure } from '../passkey-device.ts';
import { newWalker, signIn, signUp, signUpOfficer } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

async function invite(): Promise<string> {
  const { url } = await transact(server.app.db, (tx) =>
    inviteOfficer(tx, server.app, { name: 'Somchai Jaidee', roles: ['officer'] }),
  );
  return new URL(url).pathname;
}

it('registers an invited officer, signs them in to the console and shows their name', async () => {
  const officer = await signUpOfficer(server, { name: 'Somchai Jaidee', roles: ['officer'] });
  const queue = await officer.walker.visit('/console');
  expect(queue.status).toBe(200);
  expect(queue.text).toContain('Somchai Jaidee');
  const session = await server.app.db('sessions').where({ account_id: officer.accountId }).first();
  expect(session).toMatchObject({ kind: 'officer', aal: 2 });
  expect(officer.walker.cookies.has('tangchat_session')).toBe(false);

  const elsewhere = newWalker(server.url);
  const answer = await signIn(elsewhere, officer.device, {
    console: true,
    returnTo: '/console/cases',
  });
  expect(answer).toMatchObject({ status: 303, location: '/console/cases' });
  expect(await elsewhere.post('/console/sign-out')).toMatchObject({
    location: '/console/sign-in',
  });
  expect((await elsewhere.get('/console/cases')).status).toBe(302);
});

it('takes an invitation once', async () => {
  const path = await invite();
  const [first, second] = [newWalker(server.url), newWalker(server.url)];
  const device = passkeyDevice({ origin: server.url });
  await first.get(path);
  await second.get(path);
  const options = (await first.postJson(`${path}/options`)).json();
  const others = (await second.postJson(`${path}/options`)).json();
  const credential = JSON.stringify(device.register(options as never));
  expect((await first.post(path, { credential })).status).toBe(303);
  const late = JSON.stringify(device.register(others as never));
  expect((await second.post(path, { credential: late })).status).toBe(410);
  const shown = await second.get(path);
  expect(shown.status).toBe(410);
  expect(shown.text).toContain('no longer good');
  expect((await second.postJson(`${path}/options`)).status).toBe(410);
});

it('lets an invitation live seven days, and knows no made-up one', async () => {
  const path = await invite();
  const walker = newWalker(server.url);
  expect((await walker.get(path)).status).toBe(200);
  expect((await walker.get('/console/invitations/made-up')).status).toBe(410);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * 86_400_000 + 1000 });
  try {
    expect((await walker.get(path)).status).toBe(410);
  } finally {
    vi.useRealTimers();
  }
});

it.each<[string, Departure]>([
  ['without user verification', { userVerified: false }],
  ['from a foreign origin', { origin: 'https://evil.example' }],
])('refuses an officer’s passkey %s and keeps the invitation', async (_name, departure) => {
  const path = await invite();
  const walker = newWalker(server.url);
  await walker.get(path);
  const options = (await walker.postJson(`${path}/options`)).json();
  const device = passkeyDevice({ origin: server.url });
  const bad = JSON.stringify(device.register(options as never, departure));
  expect((await walker.post(path, { credential: bad })).status).toBe(422);
  const fresh = (await walker.postJson(`${path}/options`)).json();
  const good = JSON.stringify(device.register(fresh as never));
  expect((await walker.post(path, { credential: good })).status).toBe(303);
});

it('keeps the console and the portal apart', async () => {
  const officer = await signUpOfficer(server, { name: 'Wipa Suksan', roles: ['auditor'] });
  const anna = await signUp(server, { email: 'anna@example.org' });
  const walker = newWalker(server.url);
  expect((await signIn(walker, officer.device)).status).toBe(422);
  expect((await signIn(walker, anna.device, { console: true })).status).toBe(422);
  expect((await anna.walker.get('/console/cases')).location).toContain('/console/sign-in');
  expect((await officer.walker.get('/home')).location).toContain('/sign-in');
});

it('asks for the role that a page needs, at every request', async () => {
  const officer = await signUpOfficer(server, { name: 'Nok Dee', roles: ['auditor', 'officer'] });
  expect((await officer.walker.get('/console/cases')).status).toBe(200);
  await server.app
    .db('officer_roles')
    .where({ account_id: officer.accountId, role: 'officer' })
    .delete();
  expect((await officer.walker.get('/console/cases')).status).toBe(403);
  await server.app.db('accounts').where({ id: officer.accountId }).update({ state: 'blocked' });
  expect((await officer.walker.get('/console/cases')).status).toBe(302);
});

it('ends an officer’s session after fifteen idle minutes', async () => {
  const officer = await signUpOfficer(server, { name: 'Idle Officer', roles: ['officer'] });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 901_000 });
  try {
    expect((await officer.walker.get('/console/cases')).status).toBe(302);
  } finally {
    vi.useRealTimers();
  }
});

it('invites by command: a link on one line, or what is wrong with the words', async () => {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const run = (...args: string[]) => runOfficerInvite(args, io, server.app);
  expect(await run('--name', 'New Officer', '--role', 'officer', '--role', 'supervisor')).toBe(0);
  expect(out).toEqual([expect.stringContaining(`${server.url}/console/invitations/`)]);
  expect(await run('--role', 'officer')).toBe(64);
  expect(await run('--name', 'X')).toBe(64);
  expect(await run('--name', 'X', '--role', 'king')).toBe(64);
  expect(await run('--nonsense')).toBe(64);
  expect(err).toHaveLength(4);
});
