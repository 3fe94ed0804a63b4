import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REFUSAL_CATEGORIES, writeNotice } from '../../src/accounts/notice-templates.ts';
import type {
  AddressMailParams,
  NoticeTemplate,
  StoredParams,
} from '../../src/accounts/notice-templates.ts';
import { smtpMailer } from '../../src/accounts/mailer.ts';
import { sendMessage } from '../../src/accounts/send-message.ts';
import { sendNotice } from '../../src/accounts/send-notice.ts';
import { transact } from '../../src/lib/database.ts';
import { formatDate, loadLanguages } from '../../src/web/languages.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { mailsTo, newWalker, signUp, waitForMail } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let server: TestServer;
let anna: SignedIn;
beforeAll(async () => {
  server = await startTestServer();
  anna = await signUp(server, { email: 'anna@example.org' });
});

it('tells the holder that their ID is issued, with a way on and a link that says "not me"', async () => {
  await transact(server.app.db, (tx) =>
    sendNotice(tx, server.app, {
      accountId: anna.accountId,
      template: 'proofing_completed',
      params: { continueUrl: 'https://agency.example/start' },
    }),
  );
  const mail = await waitForMail(server.url, anna.email, ({ subject }) =>
    subject.includes('ID is issued'),
  );
  expect(mail.text).toContain('https://agency.example/start');
  expect(mail.text).toMatch(new RegExp(`${server.url}/freeze/[\\w-]{43}`));
});

it('tells nobody where the transaction did not commit', async () => {
  const before = (await mailsTo(server.url, anna.email)).length;
  await expect(
    transact(server.app.db, async (tx) => {
      await sendNotice(tx, server.app, {
        accountId: anna.accountId,
        template: 'id_reactivated',
        params: {},
      });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await server.app.db('messages').where({ template: 'id_reactivated' })).toEqual([]);
  expect((await mailsTo(server.url, anna.email)).length).toBe(before);
});

it('forgets address, codes and links once a message was sent, and keeps that it was', async () => {
  await waitForMail(server.url, anna.email, ({ text }) => /\d{3} \d{3}/.test(text));
  const rows = await server.app
    .db('messages')
    .where({ template: 'contact_code' })
    .select('state', 'recipient', 'params', 'attempts');
  expect(rows).toEqual([{ state: 'sent', recipient: null, params: null, attempts: 1 }]);
});

it('keeps no message readable in the database, the sandbox mailbox included', async () => {
  const dump = await server.app.db.raw(
    `select (select string_agg(m::text, '') from messages m) as messages,
            (select string_agg(d::text, '') from demo_messages d) as demo,
            (select string_agg(j::text, '') from graphile_worker.jobs j) as jobs`,
  );
  const text = JSON.stringify((dump as { rows: unknown[] }).rows);
  expect(text).not.toContain('anna@example');
  expect(text).not.toContain(Buffer.from('anna@example').toString('hex'));
});

it('shows the mailbox as a page and as JSON, links clickable', async () => {
  const page = await newWalker(server.url).get('/dev/mail');
  expect(page.status).toBe(200);
  expect(page.text).toContain('Sandbox mailbox');
  expect(page.text).toContain(`href="${server.url}/freeze/`);
  const all = await newWalker(server.url).get('/dev/mail', { accept: 'application/json' });
  const { messages } = all.json() as { messages: { to: string; sentAt: string }[] };
  expect(messages[0]).toMatchObject({ to: 'anna@example.org' });
  const times = messages.map(({ sentAt }) => sentAt);
  expect(times).toEqual(times.toSorted((a, b) => (a < b ? 1 : -1)));
});

const EXAMPLES: Record<NoticeTemplate | keyof AddressMailParams, StoredParams> = {
  contact_code: { code: '123456', minutes: 10 },
  address_already_known: {},
  passkey_added: { label: 'Phone' },
  passkey_removed: { label: 'Phone' },
  passkey_removal_waiting: { label: 'Phone', takesEffectAt: '2026-11-25T10:00:00.000Z' },
  recovery_waiting: { takesEffectAt: '2026-11-25T10:00:00.000Z' },
  recovery_cancelled: {},
  recovery_completed: {},
  recovery_code_made: {},
  proofing_completed: { freezeToken: 'token' },
  proofing_recorded: { freezeToken: 'token' },
  record_displaced: {},
  case_expires_soon: { caseUrl: '/cases/1', expiresAt: '2026-11-22T09:00:00Z' },
  appeal_received: { caseUrl: '/cases/1', dueAt: '2026-11-22T09:00:00Z' },
  appeal_decided: { caseUrl: '/cases/1' },
  register_code: { code: '123 456', minutes: 10 },
  case_decided_refused: { category: 'identity_not_confirmed' },
  correction_requested: { caseUrl: '/cases/018f0000-0000-7000-8000-000000000000/corrections' },
  correction_answered: { caseUrl: '/cases/018f0000-0000-7000-8000-000000000000' },
  case_step_asked_again: { caseUrl: '/cases/018f0000-0000-7000-8000-000000000000' },
  id_suspended: { byHolder: false },
  id_reactivated: {},
  merge_planned: { takesEffectAt: '2026-11-25T10:00:00.000Z', freezeToken: 'token' },
  merge_done: {},
  split_planned: { takesEffectAt: '2026-11-25T10:00:00.000Z', freezeToken: 'token' },
  split_done: {},
  approval_waiting: {},
  document_expires_soon: { endsOn: '2026-12-23' },
  stay_ends_soon: { endsOn: '2026-12-23' },
  proof_ends_soon: { endsOn: '2026-12-23' },
  stay_changed: {},
  proof_withdrawn: {},
};

it.each(Object.entries(EXAMPLES))('writes %s whole, in both languages', (template, params) => {
  const languages = loadLanguages({ strict: true });
  for (const lang of ['en', 'th'] as const) {
    const words = writeNotice(template, params, {
      t: languages.translator(lang),
      issuer: 'https://id.example',
      formatDate: (value, style) => formatDate(lang, value, style),
    });
    const text = JSON.stringify(words);
    expect(text).not.toMatch(/\{\{|undefined|null|\[object/);
    expect(words.subject.length).toBeGreaterThan(5);
    expect(words.actions.every(({ url }) => url.startsWith('https://'))).toBe(true);
    if (lang === 'th') expect(words.paragraphs.join('')).toMatch(/[ก-๙]{10}/);
  }
});

it('links to nothing but the web', () => {
  const languages = loadLanguages({ strict: true });
  const words = (continueUrl: string) =>
    writeNotice(
      'proofing_completed',
      { continueUrl, freezeToken: 'token' },
      {
        t: languages.translator('en'),
        issuer: 'https://id.example',
        formatDate: (value) => value,
      },
    ).actions[0]?.url;
  expect(words('javascript:alert(1)')).toBe('https://id.example/home');
  expect(words('/cases/1')).toBe('https://id.example/cases/1');
  expect(words('https://agency.example/start')).toBe('https://agency.example/start');
});

it('has words for every category that a refusal may tell', () => {
  const languages = loadLanguages({ strict: true });
  for (const lang of ['en', 'th'] as const)
    for (const category of REFUSAL_CATEGORIES)
      expect(languages.translator(lang)(`notices.refusal.${category}`)).toBeTruthy();
});

interface Received {
  to: string[];
  source: string;
}

/** A relay on loopback that takes what it is told to. */
async function startRelay(decide: (to: string, count: number) => number | null) {
  const received: Received[] = [];
  let count = 0;
  const relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo(address, _session, done) {
      const code = decide(address.address, ++count);
      done(code === null ? null : Object.assign(new Error('refused'), { responseCode: code }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  afterAll(() => new Promise<void>((resolve) => relay.close(resolve)));
  const { port } = relay.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, received };
}

async function until<Value>(read: () => Promise<Value | undefined> | Value | undefined) {
  for (let tries = 0; tries < 200; tries++) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It did not come.');
}

it('sends through a relay: headers, both forms, no mail in the sandbox mailbox', async () => {
  const relay = await startRelay(() => null);
  const smtp = await startTestServer({
    SMTP_URL: relay.url,
    MAIL_FROM: 'ID <id@tangchat.example>',
  });
  const walker = newWalker(smtp.url);
  await walker.get('/create');
  await walker.post('/create', { email: 'mai@example.org' });
  const mail = await until(() => relay.received[0]);
  expect(mail.to).toEqual(['mai@example.org']);
  expect(mail.source).toMatch(/^From: ID <id@tangchat\.example>\r$/m);
  expect(mail.source).toMatch(/^Message-ID: <[0-9a-f-]{36}@tangchat\.example>\r$/m);
  expect(mail.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mail.source).toContain('multipart/alternative');
  expect(await mailsTo(smtp.url, 'mai@example.org')).toEqual([]);
});

it('gives up on a mail that the relay refuses for good, and tries again after a temporary no', async () => {
  const relay = await startRelay((to, count) =>
    to.startsWith('gone') ? 550 : count === 1 ? 451 : null,
  );
  const smtp = await startTestServer({ SMTP_URL: relay.url });
  const walker = newWalker(smtp.url);
  await walker.get('/create');
  await walker.post('/create', { email: 'later@example.org' });
  const row = () => smtp.app.db('messages').first('id', 'state', 'attempts');
  await until(async () => ((await row()).attempts > 0 ? true : undefined));
  expect(await row()).toMatchObject({ state: 'queued' });
  await sendMessage({ messageId: (await row()).id }, smtp.app);
  expect(await row()).toMatchObject({ state: 'sent', attempts: 2 });
  await sendMessage({ messageId: (await row()).id }, smtp.app);
  expect(relay.received).toHaveLength(1);

  await walker.post('/create', { email: 'gone@example.org' });
  await until(async () => smtp.app.db('messages').where({ state: 'failed' }).first('id'));
  expect(relay.received).toHaveLength(1);
});

it('hands no mail to a relay over a network in plain text', async () => {
  const { url, received } = await startRelay(() => null);
  // Leads to this machine too, but is none of the names by which it is known to.
  const far = url.replace('127.0.0.1', '0.0.0.0');
  const mail = { id: '1', to: 'a@example.org', lang: 'en', subject: 's', text: 't', html: 'h' };
  await expect(smtpMailer({ url: far, from: 'id@tangchat.example' }).send(mail)).rejects.toThrow();
  await smtpMailer({ url, from: 'id@tangchat.example' }).send(mail);
  expect(received).toHaveLength(1);
});
