import { beforeAll, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { Departure } from '../passkey-device.ts';
import { mailsTo, newWalker, signIn, signUp, waitForCode, waitForMail } from '../walk.ts';
import type { Walker } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

/** Goes as far as the page that asks for the code. */
async function askForCode(email: string, returnTo = ''): Promise<Walker> {
  const walker = newWalker(server.url);
  await walker.get('/create');
  const answer = await walker.post('/create', { email, return_to: returnTo });
  expect(answer).toMatchObject({ status: 303, location: '/create/code' });
  return walker;
}

/** Goes as far as the page that makes the passkey. */
async function confirmAddress(email: string): Promise<Walker> {
  const before = await mailsTo(server.url, email);
  const walker = await askForCode(email);
  const code = await waitForCode(server.url, email, before);
  const answer = await walker.post('/create/code', { code });
  expect(answer).toMatchObject({ status: 303, location: '/create/passkey' });
  return walker;
}

async function makePasskey(walker: Walker, departure?: Departure) {
  const options = (await walker.postJson('/create/passkey/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const credential = JSON.stringify(device.register(options as never, departure));
  return { credential, answer: await walker.post('/create/passkey', { credential }) };
}

const accountsOf = async (): Promise<number> =>
  Number((await server.app.db('accounts').count({ count: 'id' }).first())?.count);

it('creates an account with a confirmed address and a passkey, and signs it in again', async () => {
  const anna = await signUp(server, { email: 'anna@example.org', returnTo: '/sessions?from=test' });
  expect(anna.endedAt).toBe('/sessions?from=test');
  const session = await server.app.db('sessions').where({ account_id: anna.accountId }).first();
  expect(session).toMatchObject({ kind: 'subscriber', aal: 2, amr: ['pop', 'user', 'mfa'] });
  expect(await mailsTo(server.url, 'anna@example.org')).toHaveLength(1);
  expect((await anna.walker.get('/home')).text).toContain('a•••@example.org');

  const elsewhere = newWalker(server.url);
  const answer = await signIn(elsewhere, anna.device, { returnTo: '/passkeys' });
  expect(answer).toMatchObject({ status: 303, location: '/passkeys' });
});

it('asks for a challenge-bound, discoverable, user-verifying passkey without attestation', async () => {
  const walker = await confirmAddress('options@example.org');
  const options = (await walker.postJson('/create/passkey/options')).json();
  expect(options).toMatchObject({
    rp: { id: 'localhost' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    user: { name: 'options@example.org' },
    excludeCredentials: [],
  });
});

it('stores nothing readable of a person before the code came back, and nothing but the registration', async () => {
  const before = await accountsOf();
  await askForCode('canary-before@example.org');
  expect(await accountsOf()).toBe(before);
  const rows = await server.app.db.raw(
    `select coalesce(string_agg(r::text, ' '), '') as text from pending_registrations r`,
  );
  const [{ text }] = (rows as { rows: [{ text: string }] }).rows;
  expect(text).not.toContain('canary-before');
  expect(text).not.toContain(Buffer.from('canary-before').toString('hex'));
});

it('keeps what was typed and links to the field when the address is not one', async () => {
  const walker = newWalker(server.url);
  await walker.get('/create');
  for (const email of ['', 'anna', 'anna@', 'anna@example', 'a b@example.org', '<b>@example.org']) {
    const answer = await walker.post('/create', { email });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('href="#field-email"');
    expect(answer.text).toContain('aria-invalid="true"');
  }
  const again = await walker.post('/create', { email: 'anna@@example.org' });
  expect(again.text).toContain('value="anna@@example.org"');
});

it('takes a code five times at most, then even the right one is refused', async () => {
  const walker = await askForCode('tries@example.org');
  const code = await waitForCode(server.url, 'tries@example.org');
  const wrong = code === '000000' ? '000001' : '000000';
  for (let left = 4; left > 0; left--) {
    const answer = await walker.post('/create/code', { code: wrong });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(left === 1 ? '1 try left' : `${left} tries left`);
  }
  expect((await walker.post('/create/code', { code: wrong })).text).toContain('no longer good');
  expect((await walker.post('/create/code', { code })).status).toBe(422);
  expect(await walker.get('/create/passkey')).toMatchObject({ location: '/create/code' });
});

it('never lets two guesses share one try', async () => {
  const walker = await askForCode('race@example.org');
  const code = await waitForCode(server.url, 'race@example.org');
  const wrong = code === '111111' ? '222222' : '111111';
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => walker.post('/create/code', { code: wrong })),
  );
  expect(answers.every(({ status }) => status === 422)).toBe(true);
  const row = await server.app
    .db('pending_registrations')
    .orderBy('created_at', 'desc')
    .first('tries_left');
  expect(row).toEqual({ tries_left: 0 });
  expect((await walker.post('/create/code', { code })).status).toBe(422);
});

it('refuses an expired code and tells how to get another', async () => {
  const walker = await askForCode('late@example.org');
  const code = await waitForCode(server.url, 'late@example.org');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
  try {
    const answer = await walker.post('/create/code', { code });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('no longer good');
    expect(answer.text).toContain('/create?return_to=');
  } finally {
    vi.useRealTimers();
  }
});

it('accepts a code once: a second browser cannot replay it', async () => {
  const walker = await askForCode('replay@example.org');
  const code = await waitForCode(server.url, 'replay@example.org');
  const other = await askForCode('other@example.org');
  expect((await other.post('/create/code', { code })).status).toBe(422);
  expect((await walker.post('/create/code', { code })).status).toBe(303);
  const thief = newWalker(server.url);
  await thief.get('/create');
  expect(await thief.post('/create/code', { code })).toMatchObject({ location: '/create' });
});

it('answers alike for a known and an unknown address; only the mail tells its owner', async () => {
  await signUp(server, { email: 'known@example.org' });
  const pages = await Promise.all(
    ['KNOWN@example.org', 'fresh@example.org'].map(async (email) => {
      const walker = newWalker(server.url);
      await walker.get('/create');
      const posted = await walker.post('/create', { email });
      const shown = await walker.get('/create/code');
      const wrong = await walker.post('/create/code', { code: '123456' });
      return [posted.status, posted.location, shown.text, wrong.status, wrong.text].map((part) =>
        String(part)
          .replaceAll(email, 'EMAIL')
          .replaceAll(/nonce="[^"]+"|value="[\w-]{43}"/g, ''),
      );
    }),
  );
  expect(pages[0]).toEqual(pages[1]);
  const mail = await waitForMail(server.url, 'KNOWN@example.org', ({ subject }) =>
    subject.includes('already'),
  );
  expect(mail.text).toContain(`${server.url}/sign-in`);
  expect(mail.text).not.toMatch(/\b\d{3} \d{3}\b/);
});

it('opens a known address with no code at all, not even the one that was drawn', async () => {
  await signUp(server, { email: 'taken@example.org' });
  const draw = vi.spyOn(server.app.random, 'integer');
  try {
    const walker = await askForCode('taken@example.org');
    const code = String(draw.mock.results.at(-1)?.value).padStart(6, '0');
    expect((await walker.post('/create/code', { code })).status).toBe(422);
  } finally {
    draw.mockRestore();
  }
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
  const walker = await confirmAddress(email);
  const before = await accountsOf();
  const { answer } = await makePasskey(walker, departure);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('could not be saved');
  expect(await accountsOf()).toBe(before);
});

it('uses a registration challenge once, and only for the registration it was made for', async () => {
  const walker = await confirmAddress('once@example.org');
  const options = (await walker.postJson('/create/passkey/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const bad = JSON.stringify(device.register(options as never, { userVerified: false }));
  expect((await walker.post('/create/passkey', { credential: bad })).status).toBe(422);
  const good = JSON.stringify(device.register(options as never));
  expect((await walker.post('/create/passkey', { credential: good })).status).toBe(422);

  const stranger = await confirmAddress('stranger@example.org');
  const theirs = (await stranger.postJson('/create/passkey/options')).json();
  const crossed = JSON.stringify(device.register(theirs as never));
  expect((await walker.post('/create/passkey', { credential: crossed })).status).toBe(422);
});

it('lets a registration challenge live five minutes', async () => {
  const walker = await confirmAddress('slow@example.org');
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
  const walker = await askForCode('early@example.org');
  const answer = await walker.postJson('/create/passkey/options');
  expect(answer.status).toBe(410);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
  'leads home, never to %s',
  async (returnTo) => {
    const email = `redirect-${Buffer.from(returnTo).toString('hex')}@example.org`;
    const { endedAt } = await signUp(server, { email, returnTo });
    expect(endedAt).toBe('/home');
  },
);

it('refuses posts without the token of this browser, and from another site', async () => {
  const walker = newWalker(server.url);
  await walker.get('/create');
  const answer = await fetch(new URL('/create', server.url), {
    method: 'POST',
    body: new URLSearchParams({ email: 'csrf@example.org' }),
    redirect: 'manual',
  });
  expect(answer.status).toBe(403);
  const foreign = await walker.post(
    '/create',
    { email: 'csrf@example.org' },
    { origin: 'https://evil.example' },
  );
  expect(foreign.status).toBe(403);
  expect(await mailsTo(server.url, 'csrf@example.org')).toEqual([]);
});

it('makes one account of two browsers that race with one address', async () => {
  const [first, second] = [
    await confirmAddress('twice@example.org'),
    await confirmAddress('twice@example.org'),
  ];
  const answers = await Promise.all([makePasskey(first), makePasskey(second)]);
  expect(answers.map(({ answer }) => answer.status).toSorted((a, b) => a - b)).toEqual([303, 422]);
});

it('forgets a registration, its mails and its key when its hour is over', async () => {
  await askForCode('forget@example.org');
  await waitForCode(server.url, 'forget@example.org');
  const row = await server.app
    .db('pending_registrations')
    .orderBy('created_at', 'desc')
    .first<{ id: string; data_key_id: string }>('id', 'data_key_id');
  const { removeRegistration } = await import('../../src/accounts/registration.ts');
  await removeRegistration({ registrationId: row.id }, server.app);
  expect(await server.app.db('pending_registrations').where({ id: row.id })).toHaveLength(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 });
  try {
    await removeRegistration({ registrationId: row.id }, server.app);
  } finally {
    vi.useRealTimers();
  }
  expect(await server.app.db('pending_registrations').where({ id: row.id })).toEqual([]);
  expect(await server.app.db('messages').where({ data_key_id: row.data_key_id })).toEqual([]);
  expect(await server.app.db('data_keys').where({ id: row.data_key_id }).first()).toMatchObject({
    wrapped_key: null,
  });
});

it('slows down whoever asks for mails to one address again and again', async () => {
  const walker = newWalker(server.url);
  await walker.get('/create');
  const statuses: number[] = [];
  for (let count = 0; count < 7; count++)
    statuses.push((await walker.post('/create', { email: 'flood@example.org' })).status);
  expect(statuses).toEqual([303, 303, 303, 303, 303, 303, 429]);
});

it('speaks Thai where asked, in pages and mails', async () => {
  const { walker } = await signUp(server, { email: 'thai@example.org', lang: 'th' });
  expect((await walker.get('/home')).text).toContain('<html lang="th"');
  const [mail] = await mailsTo(server.url, 'thai@example.org');
  expect(mail).toMatchObject({ lang: 'th', subject: 'รหัสสำหรับ Tangchat ID ของคุณ' });
});
