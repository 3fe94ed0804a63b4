import { beforeAll, expect, it } from 'vitest';
import { inviteOfficer, welcomeOfficers } from '../../src/accounts/invite-officer.ts';
import { parseEmail } from '../../src/accounts/contact-address.ts';
import { parseLabel } from '../../src/accounts/passkey-label.ts';
import { hashTyped } from '../../src/accounts/typed-secret.ts';
import { transact } from '../../src/lib/database.ts';
import { networkOf } from '../../src/lib/network-address.ts';
import { countCall } from '../../src/web/rate-limit.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import { newWalker, signIn, signUp, waitForCode } from '../walk.ts';

/* Floods and guesses: they slow the one who makes them, and keep nobody else out. */
let server: TestServer;
beforeAll(async () => {
  // One proxy before us, so that a test can call from several networks.
  server = await startTestServer({ TRUSTED_PROXIES: '1' });
}, 30_000);

const from = (address: string) => ({ 'x-forwarded-for': address });
const STRANGER = from('203.0.113.66');

it('lets the owner of an address go on while a stranger floods it', async () => {
  const stranger = newWalker(server.url);
  await stranger.get('/create');
  const email = 'target@example.org';
  for (let count = 0; count < 6; count++) await stranger.post('/create', { email }, STRANGER);
  expect((await stranger.post('/create', { email }, STRANGER)).status).toBe(429);
  const other = { email: 'elsewhere@example.org' };
  expect((await stranger.post('/create', other, STRANGER)).status).toBe(303);
  const owner = newWalker(server.url);
  await owner.get('/create');
  expect((await owner.post('/create', { email }, from('198.51.100.7'))).status).toBe(303);
  const code = await waitForCode(server.url, email);
  expect(code).toMatch(/^\d{6}$/);
});

it('lets the owner of a recovery code use it while a stranger guesses', async () => {
  const person = await signUp(server, { email: 'guessed@example.org' });
  const page = await person.walker.post('/passkeys/recovery-code');
  const code = /([0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(page.text)![0];
  const stranger = newWalker(server.url);
  const guess = { email: person.email, code: '0'.repeat(28) };
  const statuses: number[] = [];
  for (let count = 0; count < 11; count++)
    statuses.push((await stranger.post('/recover', guess, STRANGER)).status);
  expect(statuses.at(-1)).toBe(429);
  const owner = newWalker(server.url);
  const opened = await owner.post('/recover', { email: person.email, code }, from('198.51.100.7'));
  expect(opened.status).toBe(200);
});

it('puts a guess at an address that nobody has on record like every other', async () => {
  const refusals = () =>
    server.app.db('audit_events').where({ action: 'accounts.recovery_code_refused' }).select('id');
  const before = await refusals();
  const walker = newWalker(server.url);
  await walker.post('/recover', { email: 'nobody@example.org', code: 'x' }, from('192.0.2.1'));
  expect(await refusals()).toHaveLength(before.length + 1);
});

it('does not believe more hops than there are proxies', async () => {
  const statuses: number[] = [];
  const walker = newWalker(server.url);
  for (let count = 0; count < 8; count++) {
    const said = from(`10.0.0.${count}, 203.0.113.77`);
    statuses.push((await walker.post('/create', { email: 'hops@example.org' }, said)).status);
  }
  expect(statuses.at(-1)).toBe(429);
});

it.each([
  ['203.0.113.5', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ['', ''],
  ['nonsense', 'nonsense'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('clears counters whose window is over, and no others', async () => {
  const { db } = server.app;
  await db('rate_limits').insert([
    { key: 'test:old', points: 1, expire: Date.now() - 1000 },
    { key: 'test:live', points: 1, expire: Date.now() + 60_000 },
  ]);
  const random = { ...server.app.random, integer: () => 0 };
  const limit = { name: 'test', calls: 5, windowSeconds: 60 };
  await countCall({ ...server.app, random }, limit, 'somebody');
  const left = await db('rate_limits').whereLike('key', 'test:%').select('key');
  expect(left.map(({ key }) => key as string)).toContain('test:live');
  expect(left.map(({ key }) => key as string)).not.toContain('test:old');
});

it('refuses work that would wait for minutes, and goes on once the flood is over', async () => {
  const flood = Array.from({ length: 140 }, () => hashTyped(server.app, 'x'));
  const results = await Promise.allSettled(flood);
  const refused = results.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(140 - 102);
  expect(await hashTyped(server.app, 'x')).toMatch(/^\$argon2id\$/);
}, 60_000);

it('ends an officer’s older invitation when a newer one is made', async () => {
  const { url: older } = await transact(server.app.db, (tx) =>
    inviteOfficer(tx, server.app, { name: 'Twice Invited', roles: ['officer'] }),
  );
  const welcomes = await transact(server.app.db, (tx) => welcomeOfficers(tx, server.app));
  const newer = welcomes.find(({ name }) => name === 'Twice Invited')!.url!;
  const walker = newWalker(server.url);
  expect((await walker.get(new URL(older).pathname)).status).toBe(410);
  const path = new URL(newer).pathname;
  expect((await walker.get(path)).status).toBe(200);
  const options = (await walker.postJson(`${path}/options`)).json();
  const device = passkeyDevice({ origin: server.url });
  const credential = JSON.stringify(device.register(options as never));
  expect((await walker.post(path, { credential })).status).toBe(303);
});

it('takes any counter that an authenticator can have', async () => {
  const device = passkeyDevice({ origin: server.url, synced: false });
  await signUp(server, { email: 'counter@example.org', device });
  for (const counter of [2 ** 31, 2 ** 32 - 1]) {
    const answer = await signIn(newWalker(server.url), device, { departure: { counter } });
    expect([counter, answer.status]).toEqual([counter, 303]);
  }
});

it('takes no address and no label that hides what it is', () => {
  for (const hidden of ['\u0000', '\u0007', '\u007f', '\u202e', '\u2066', '\u200f', '\ud800']) {
    expect([hidden, parseEmail(`an${hidden}na@example.org`)]).toEqual([hidden, null]);
    expect([hidden, parseEmail(`anna@exam${hidden}ple.org`)]).toEqual([hidden, null]);
    expect([hidden, parseLabel(`my ${hidden} phone`)]).toEqual([hidden, null]);
  }
  expect(parseEmail('anna\r\nbcc: x@example.org')).toBeNull();
  expect(parseEmail('ánna+tag@exämple.org')).toBe('ánna+tag@exämple.org');
  expect(parseLabel('โทรศัพท์ของฉัน 👨‍👩‍👧')).toBe('โทรศัพท์ของฉัน 👨‍👩‍👧');
});
