import { beforeAll, expect, it } from 'vitest';
import { makeFreezeLink } from '../../src/accounts/freeze-link.ts';
import { transact } from '../../src/lib/database.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { authorizationRequest, follow, relyingParty } from '../oidc/relying-party.ts';
import { passkeyDevice } from '../passkey-device.ts';
import { anna } from '../registry/enrolment.ts';
import { newWalker, signUp, waitForCode } from '../walk.ts';
import type { Answer } from '../walk.ts';

/* Every post that issues or spends something, sent several times at once: done once, and never a fault. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 30_000);

const TIMES = 6;

async function atOnce(post: () => Promise<Answer>): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: TIMES }, post));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.every((status) => status < 500)).toBe(true);
  return statuses;
}

const count = async (table: string, where: Record<string, unknown>): Promise<number> =>
  (await server.app.db(table).where(where).select(Object.keys(where))).length;

it('a code confirms once, a passkey makes one account', async () => {
  const walker = newWalker(server.url);
  await walker.get('/create');
  await walker.post('/create', { email: 'double@example.org' });
  const code = await waitForCode(server.url, 'double@example.org');
  await atOnce(() => walker.post('/create/code', { code }));
  const options = (await walker.postJson('/create/passkey/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const credential = JSON.stringify(device.register(options as never));
  const before = await count('accounts', { kind: 'subscriber' });
  await atOnce(() => walker.post('/create/passkey', { credential }));
  expect(await count('accounts', { kind: 'subscriber' })).toBe(before + 1);
});

it('a passkey is added once', async () => {
  const person = await signUp(server, { email: 'added@example.org' });
  const options = (await person.walker.postJson('/passkeys/new/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const credential = JSON.stringify(device.register(options as never));
  const statuses = await atOnce(() => person.walker.post('/passkeys/new', { credential }));
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  expect(await count('passkeys', { account_id: person.accountId })).toBe(2);
});

it('a recovery code opens one recovery', async () => {
  const person = await signUp(server, { email: 'opened@example.org' });
  await atOnce(() => person.walker.post('/passkeys/recovery-code'));
  const page = await person.walker.post('/passkeys/recovery-code');
  const code = /([0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(page.text)![0];
  const stranger = newWalker(server.url);
  await stranger.get('/recover');
  const statuses = await atOnce(() => stranger.post('/recover', { email: person.email, code }));
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  const waiting = { account_id: person.accountId, state: 'waiting' };
  expect(await count('account_changes', waiting)).toBe(1);
});

it('a removal is planned once, and cancelled once', async () => {
  const person = await signUp(server, { email: 'planned@example.org' });
  const options = (await person.walker.postJson('/passkeys/new/options')).json();
  const device = passkeyDevice({ origin: server.url });
  const credential = JSON.stringify(device.register(options as never));
  await person.walker.post('/passkeys/new', { credential });
  const own = await server.app
    .db('passkeys')
    .where({ account_id: person.accountId })
    .orderBy('created_at')
    .first<{ id: string }>('id');
  await atOnce(() => person.walker.post(`/passkeys/${own.id}/removal`));
  const waiting = { account_id: person.accountId, state: 'waiting' };
  expect(await count('account_changes', waiting)).toBe(1);
  const change = await server.app.db('account_changes').where(waiting).first<{ id: string }>('id');
  const path = `/account-changes/${change.id}/cancellation`;
  const statuses = await atOnce(() => person.walker.post(path));
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
});

it('an ID is frozen once, by link or signed in', async () => {
  const person = await signUp(server, { email: 'frozen@example.org' });
  await enrol(server, person.accountId, anna);
  const token = await transact(server.app.db, (tx) =>
    makeFreezeLink(tx, server.app, person.accountId),
  );
  const phone = newWalker(server.url);
  await phone.get(`/freeze/${token}`);
  await atOnce(() => phone.post(`/freeze/${token}`));
  const frozen = { action: 'portal.id_frozen', subject_id: person.accountId };
  expect(await count('audit_events', frozen)).toBe(1);
  expect((await person.walker.get('/home')).status).toBe(302);
});

it('a consent is given once', async () => {
  const person = await signUp(server, { email: 'agrees@example.org' });
  const party = await relyingParty(server, { client_id: 'twice' });
  const { path } = await authorizationRequest(party, { scope: 'openid' });
  const arrival = await follow(person.walker, path);
  if (arrival.at !== 'page') throw new Error('No consent page.');
  await atOnce(() => person.walker.post(`${arrival.path}/consent`, { decision: 'share' }));
  const given = { account_id: person.accountId, service_id: 'twice' };
  expect(await count('oidc_consents', given)).toBe(1);
});

it('a case is opened, left and reopened once', async () => {
  const person = await signUp(server, { email: 'cases@example.org' });
  const consents = { consent: 'yes', biometric_consent: 'yes' };
  await person.walker.get('/proofing');
  await atOnce(() => person.walker.post('/cases', consents));
  expect(await count('cases', { account_id: person.accountId })).toBe(1);
  const { id } = await server.app
    .db('cases')
    .where({ account_id: person.accountId })
    .first<{ id: string }>('id');
  await atOnce(() => person.walker.post(`/cases/${id}/hand-offs`));
  const live = await server.app
    .db('hand_offs')
    .where({ case_id: id })
    .whereNull('ended_at')
    .select('id');
  expect(live).toHaveLength(1);
  await atOnce(() => person.walker.post(`/cases/${id}/withdrawal`));
  const withdrawn = { action: 'proofing.case_withdrawn', subject_id: id };
  expect(await count('audit_events', withdrawn)).toBe(1);
});
