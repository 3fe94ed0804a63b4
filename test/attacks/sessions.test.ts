import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import { newWalker, signIn, signUp, signUpOfficer } from '../walk.ts';
import type { Walker } from '../walk.ts';

/* Sessions that an attacker plants, keeps or moves: none outlives what it rests on. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 30_000);

const isIn = async (walker: Walker, path = '/home') => (await walker.get(path)).status === 200;

it('ends what a blocked or closed account could do, at the very next request', async () => {
  const person = await signUp(server, { email: 'blocked@example.org' });
  for (const state of ['blocked', 'closed']) {
    await server.app.db('accounts').where({ id: person.accountId }).update({ state });
    expect(await isIn(person.walker)).toBe(false);
    expect((await person.walker.post('/passkeys/recovery-code')).status).toBe(401);
    expect((await person.walker.postJson('/passkeys/new/options')).status).toBe(401);
    expect((await person.walker.post('/cases', { consent: 'yes' })).status).toBe(401);
  }
  await server.app.db('accounts').where({ id: person.accountId }).update({ state: 'active' });
  expect(await isIn(person.walker)).toBe(true);
});

it('ends a session whose passkey is gone, whoever took it away', async () => {
  const person = await signUp(server, { email: 'gone@example.org' });
  await server.app
    .db('passkeys')
    .where({ account_id: person.accountId })
    .update({ removed_at: new Date() });
  expect(await isIn(person.walker)).toBe(false);
});

it('shuts the console to an officer whose account is blocked', async () => {
  const officer = await signUpOfficer(server, { name: 'Blocked Officer', roles: ['officer'] });
  expect(await isIn(officer.walker, '/console/cases')).toBe(true);
  await server.app.db('accounts').where({ id: officer.accountId }).update({ state: 'blocked' });
  expect(await isIn(officer.walker, '/console/cases')).toBe(false);
});

it('takes no session name that the browser brought (fixation)', async () => {
  const planted = 'A'.repeat(43);
  const walker = newWalker(server.url);
  const person = await signUp(server, { email: 'fixed@example.org' });
  walker.cookies.set('tangchat_session', planted);
  await signIn(walker, person.device);
  expect(walker.cookies.get('tangchat_session')).not.toBe(planted);
  const attacker = newWalker(server.url);
  attacker.cookies.set('tangchat_session', planted);
  expect(await isIn(attacker)).toBe(false);
});

it('never takes a session of one kind for the other', async () => {
  const person = await signUp(server, { email: 'kind@example.org' });
  const officer = await signUpOfficer(server, { name: 'Kind Officer', roles: ['officer'] });
  const swapped = newWalker(server.url);
  swapped.cookies.set('tangchat_console', person.walker.cookies.get('tangchat_session')!);
  swapped.cookies.set('tangchat_session', officer.walker.cookies.get('tangchat_console')!);
  expect(await isIn(swapped)).toBe(false);
  expect(await isIn(swapped, '/console/cases')).toBe(false);
});

it('takes an officer’s passkey at the console only, and a subscriber’s at the portal only', async () => {
  const person = await signUp(server, { email: 'wrong-door@example.org' });
  const officer = await signUpOfficer(server, { name: 'Door Officer', roles: ['officer'] });
  expect((await signIn(newWalker(server.url), officer.device)).status).toBe(422);
  expect((await signIn(newWalker(server.url), person.device, { console: true })).status).toBe(422);
});

it('takes a challenge for the act that it was given for, and for no other', async () => {
  const person = await signUp(server, { email: 'purpose@example.org' });
  const officer = await signUpOfficer(server, { name: 'Purpose Officer', roles: ['officer'] });
  const { walker } = person;
  await walker.get('/sign-in?again=1');

  // A portal challenge at the console, and the other way round, in one browser.
  for (const [asked, answered, device] of [
    ['/sign-in', '/console/sign-in', officer.device],
    ['/console/sign-in', '/sign-in', person.device],
  ] as const) {
    const options = (await walker.postJson(`${asked}/options`)).json();
    // The device would refuse a key that is not on the list; an attacker's software does not.
    const open = { ...(options as object), allowCredentials: undefined };
    const credential = JSON.stringify(device.authenticate(open as never));
    expect((await walker.post(answered, { credential })).status).toBe(422);
  }

  // The challenge of "add a passkey", answered by using one: no sign-in.
  const adding = (await walker.postJson('/passkeys/new/options')).json() as { challenge: string };
  const use = { challenge: adding.challenge, rpId: 'localhost' };
  const credential = JSON.stringify(person.device.authenticate(use));
  expect((await walker.post('/sign-in', { credential })).status).toBe(422);
  expect((await walker.post('/passkeys/new', { credential })).status).toBe(422);

  // The challenge of a sign-in, answered by making a passkey: none is added.
  const signing = (await walker.postJson('/sign-in/options')).json() as { challenge: string };
  const made = { ...adding, challenge: signing.challenge, excludeCredentials: [] };
  const fresh = JSON.stringify(passkeyDevice({ origin: server.url }).register(made as never));
  expect((await walker.post('/passkeys/new', { credential: fresh })).status).toBe(422);
});

it('adds no passkey to an account on the challenge of another', async () => {
  const victim = await signUp(server, { email: 'victim@example.org' });
  const thief = await signUp(server, { email: 'taker@example.org' });
  const options = (await victim.walker.postJson('/passkeys/new/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const credential = JSON.stringify(device.register(options as never));
  expect((await thief.walker.post('/passkeys/new', { credential })).status).toBe(422);
  expect((await victim.walker.post('/passkeys/new', { credential })).status).toBe(303);
});
