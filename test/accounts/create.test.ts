import { beforeAll, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { mailsTo, newWalker, signIn, signUp, waitForCode, waitForMail } from '../walk.ts';
import { askForCode, countAccounts } from './creation.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

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

it('stores nothing readable of a person before the code came back, and nothing but the registration', async () => {
  const before = await countAccounts(server);
  await askForCode(server, 'canary-before@example.org');
  expect(await countAccounts(server)).toBe(before);
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
  const walker = await askForCode(server, 'tries@example.org');
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
  const walker = await askForCode(server, 'race@example.org');
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
  const walker = await askForCode(server, 'late@example.org');
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
  const walker = await askForCode(server, 'replay@example.org');
  const code = await waitForCode(server.url, 'replay@example.org');
  const other = await askForCode(server, 'other@example.org');
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
    const walker = await askForCode(server, 'taken@example.org');
    const code = String(draw.mock.results.at(-1)?.value).padStart(6, '0');
    expect((await walker.post('/create/code', { code })).status).toBe(422);
  } finally {
    draw.mockRestore();
  }
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

it('forgets a registration, its mails and its key when its hour is over', async () => {
  await askForCode(server, 'forget@example.org');
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
