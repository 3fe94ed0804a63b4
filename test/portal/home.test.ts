import { beforeAll, expect, it, vi } from 'vitest';
import { makeFreezeLink } from '../../src/accounts/freeze-link.ts';
import { transact } from '../../src/lib/database.ts';
import { addDays, toPlainDate } from '../../src/lib/clock.ts';
import { formatForeignId } from '../../src/registry/foreign-id.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { suspendId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrolled, tomas } from '../registry/enrolment.ts';
import { mailsTo, newWalker, signIn, signUp, waitForMail } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

const until = addDays(toPlainDate(new Date()), 90);

/** Somebody with an account and an issued ID. */
async function withId(email: string) {
  const person = await signUp(server, { email });
  const { personId } = await enrolled(server.app, {
    accountId: person.accountId,
    holder: tomas,
    stay: {
      status: 'lawful_until',
      admittedUntil: until,
      basis: 'visa',
      asOf: new Date().toISOString(),
      source: 'immigration',
    },
  });
  return { ...person, personId };
}

async function freezeLinkOf(accountId: Parameters<typeof makeFreezeLink>[2]): Promise<string> {
  const token = await transact(server.app.db, (tx) => makeFreezeLink(tx, server.app, accountId));
  return `/freeze/${token}`;
}

const stateOf = async (person: { accountId: Parameters<typeof standingOf>[2] }) =>
  (await standingOf(server.app.db, server.app, person.accountId))?.idState;

it('offers to prove who one is until a case is under way, then tells where it stands', async () => {
  const { walker } = await signUp(server, { email: 'new@example.org' });
  const before = await walker.get('/home');
  expect(before.text).toContain('href="/proofing"');
  await walker.post('/cases', { consent: 'yes', biometric_consent: 'yes' });
  const after = await walker.get('/home');
  expect(after.text).toContain('Next: your passport.');
  expect(after.text).toMatch(/href="\/cases\/[0-9a-f-]{36}"/);
  expect(after.text).not.toContain('href="/proofing"');
});

it('shows the ID as a card, the name as printed, the stay in words', async () => {
  const person = await withId('card@example.org');
  const standing = await standingOf(server.app.db, server.app, person.accountId);
  const page = await person.walker.get('/home');
  expect(page.text).toContain(formatForeignId(standing!.number()!));
  expect(page.text).toContain('Ōkubo Tomás');
  expect(page.text).toContain('You may stay until');
  expect(page.text).not.toContain('href="/proofing"');
  expect(page.headers.get('cache-control')).toBe('no-store');
});

it('says that an ID is suspended and offers no second freeze', async () => {
  const person = await withId('suspended@example.org');
  await transact(server.app.db, (tx) =>
    suspendId(tx, server.app, {
      personId: person.personId,
      reason: 'suspected_fraud',
      actor: { kind: 'system', id: null },
    }),
  );
  const page = await person.walker.get('/home');
  expect(page.text).toContain('Services do not accept it');
  expect(page.text).not.toContain('href="/freeze"');
});

it('freezes by the link of a notice, from any phone: suspended, signed out, told', async () => {
  const person = await withId('link@example.org');
  const path = await freezeLinkOf(person.accountId);
  const phone = newWalker(server.url);
  const asked = await phone.get(path);
  expect(asked.text).toContain('Freeze your ID?');
  expect(await stateOf(person)).toBe('active');
  expect(await phone.post(path)).toMatchObject({ status: 303, location: '/frozen' });
  expect((await phone.get('/frozen')).status).toBe(200);
  expect(await stateOf(person)).toBe('suspended');
  expect((await person.walker.get('/home')).status).toBe(302);
  await waitForMail(server.url, person.email, ({ subject }) => subject.includes('is frozen'));

  expect((await phone.post(path)).status).toBe(303);
  const mails = await mailsTo(server.url, person.email);
  expect(mails.filter(({ subject }) => subject.includes('is frozen'))).toHaveLength(1);
  expect((await signIn(newWalker(server.url), person.device)).status).toBe(303);
});

it('freezes from the portal too', async () => {
  const person = await withId('button@example.org');
  expect((await person.walker.get('/home')).text).toContain('href="/freeze"');
  expect((await person.walker.post('/freeze')).location).toBe('/frozen');
  expect(await stateOf(person)).toBe('suspended');
  const row = await server.app
    .db('audit_events')
    .where({ action: 'portal.id_frozen', subject_id: person.accountId })
    .first<{ details: string }>('details');
  expect(JSON.parse(row.details)).toEqual({ by: 'portal', sessionsEnded: 1 });
});

it('knows no freeze link that is made up, or older than ninety days', async () => {
  const person = await withId('old@example.org');
  const path = await freezeLinkOf(person.accountId);
  const walker = newWalker(server.url);
  expect((await walker.get('/freeze/made-up')).status).toBe(410);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 90 * 86_400_000 + 1000 });
  try {
    expect((await walker.get(path)).status).toBe(410);
    expect((await walker.post(path)).status).toBe(410);
  } finally {
    vi.useRealTimers();
  }
  expect(await stateOf(person)).toBe('active');
});

it('tells what happened lately, in words', async () => {
  const person = await signUp(server, { email: 'lately@example.org' });
  const page = await person.walker.get('/home');
  for (const words of ['Your account was created', 'A passkey was added', 'Signed in'])
    expect(page.text).toContain(words);
});

it('welcomes strangers and leads the signed-in to their own page', async () => {
  const stranger = await newWalker(server.url).get('/');
  expect(stranger.text).toContain('href="/create"');
  const { walker } = await signUp(server, { email: 'front@example.org' });
  expect(await walker.get('/')).toMatchObject({ status: 302, location: '/home' });
});
