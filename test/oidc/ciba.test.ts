import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp, createServer } from '../../src/app.ts';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { mayBeShown } from '../../src/oidc/ciba/admission.ts';
import type { ShownBefore } from '../../src/oidc/ciba/admission.ts';
import { isPlainMessage } from '../../src/oidc/ciba/binding-message.ts';
import { pingService } from '../../src/oidc/ciba/ping-service.ts';
import { transact } from '../../src/lib/database.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { atEnd } from '../at-end.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer } from '../registry/enrolment.ts';
import { signUp, waitForMail } from '../walk.ts';
import type { Answer, SignedIn } from '../walk.ts';
import { postAs } from './device.ts';
import { enrol } from './enrolled.ts';
import { relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * CIBA: a service names a person, the person approves with a passkey on their own device. What must not happen: a
 * service that learns who has an account, a person worn down by prompts, an approval without a touch, a ping that
 * reaches into our own network.
 */
const CIBA = 'urn:openid:params:grant-type:ciba';
const BANK = {
  client_id: 'lands-counter',
  grant_types: ['authorization_code', 'refresh_token', CIBA],
  backchannel_token_delivery_mode: 'poll',
};

let server: TestServer;
let bank: RelyingParty;

beforeAll(async () => {
  server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  bank = await relyingParty(server, BANK);
});

afterEach(() => void vi.useRealTimers());

function later(seconds: number): void {
  const at = Date.now() + seconds * 1000;
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(at);
}

const ask = (fields: Record<string, string>, party = bank) =>
  postAs(server, party, '/oidc/backchannel-authentication', { scope: 'openid profile', ...fields });

const poll = (id: string, party = bank, at: { url: string } = server) =>
  postAs(at, party, '/oidc/token', { grant_type: CIBA, auth_req_id: id });

/** Asks a person, and waits until they are shown it: the request, and its page. */
async function asked(
  person: SignedIn,
  fields: Record<string, string> = {},
  party = bank,
): Promise<{ id: string; path: string; body: Record<string, unknown> }> {
  const before = await waiting(person);
  const { status, body } = await ask({ login_hint: person.email, ...fields }, party);
  if (status !== 200) throw new Error(JSON.stringify(body));
  for (let tries = 0; tries < 200; tries++) {
    const path = (await waiting(person)).find((one) => !before.includes(one));
    if (path) return { id: String(body.auth_req_id), path, body };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The person was not shown it.');
}

/** The requests that the person's pages list. */
async function waiting({ walker }: Pick<SignedIn, 'walker'>): Promise<string[]> {
  const { text } = await walker.get('/approvals');
  return [...text.matchAll(/href="(\/approvals\/[\w-]+)"/g)].map(([, path]) => path!);
}

/** No request of this account is left to the job. */
async function settled(count: number, accountId: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const events = await server.app
      .db('audit_events')
      .where({ action: 'oidc.approval_asked', subject_id: accountId })
      .pluck('id');
    if (events.length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The job did not come to it.');
}

/** Touches the passkey of `device` on the page. */
async function touch(
  { walker, device }: Pick<SignedIn, 'walker' | 'device'>,
  path: string,
): Promise<Answer> {
  await walker.get(path);
  const challenge = (await walker.postJson('/sign-in/options')).json() as object;
  // Any passkey of the device, as a tampered page would let it.
  const open = { ...challenge, allowCredentials: undefined };
  const credential = JSON.stringify(device.authenticate(open as never));
  return walker.post(`${path}/approval`, { credential });
}

async function isAlive(tokens: Record<string, unknown>): Promise<boolean> {
  const token = String(tokens.access_token);
  return (await openid.tokenIntrospection(bank.config, token)).active;
}

describe('a request', () => {
  it('is found by discovery, polled, approved by a touch, and gives tokens of that touch', async () => {
    expect(bank.config.serverMetadata()).toMatchObject({
      backchannel_authentication_endpoint: `${server.url}/oidc/backchannel-authentication`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping'],
      backchannel_user_code_parameter_supported: false,
    });
    const person = await signUp(server, { email: 'anna@example.org' });
    await enrol(server, person.accountId, anna);
    const message = 'Counter 7 · ช่อง 7';
    const { id, path, body } = await asked(person, { binding_message: message });
    expect(body).toEqual({ auth_req_id: id, expires_in: 600, interval: 5 });
    expect((await poll(id)).body.error).toBe('authorization_pending');
    expect((await poll(id)).body.error).toBe('slow_down');

    const mail = await waitForMail(server.url, person.email, ({ text }) =>
      text.includes('/approvals'),
    );
    for (const word of ['Condominium', 'Lands', 'Counter', 'ANNA'])
      expect(`${mail.subject} ${mail.text}`).not.toContain(word);
    expect((await person.walker.get('/home')).text).toContain(`href="${path}"`);
    const page = await person.walker.get(path);
    for (const text of [
      'Condominium register asks for your approval',
      'Department of Lands will receive',
      'To enter you as the owner',
      message,
      'ERIKSSON',
      'I did not ask for this',
    ])
      expect(page.text).toContain(text);

    later(30);
    const done = await touch(person, path);
    expect(done.location).toBe('/approvals?answered=approved');
    expect((await person.walker.get(done.location!)).text).toContain('Approved');
    const { status, body: tokens } = await poll(id);
    expect(status).toBe(200);
    const claims = decodeJwt(String(tokens.id_token));
    expect(claims).toMatchObject({
      aud: 'lands-counter',
      acr: 'urn:tangchat:acr:ial2:aal2',
      ial: 2,
      aal: 2,
      amr: ['pop', 'user', 'mfa'],
      // Of the touch, not of the session that was there before.
      auth_time: Math.floor(Date.now() / 1000),
    });
    const info = await openid.fetchUserInfo(bank.config, String(tokens.access_token), claims.sub!);
    expect(info).toMatchObject({ family_name: 'ERIKSSON' });
    const fresh = await openid.refreshTokenGrant(bank.config, String(tokens.refresh_token));
    expect(fresh.claims()).toMatchObject({ sub: claims.sub, auth_time: claims.auth_time, aal: 2 });
    const trail = await server.app
      .db('audit_events')
      .where('action', 'like', 'oidc.%')
      .whereIn('action', ['oidc.approval_asked', 'oidc.approval_answered', 'oidc.consent_given'])
      .orderBy('at')
      .pluck('action');
    expect(trail.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'oidc.approval_answered',
      'oidc.approval_asked',
      'oidc.consent_given',
    ]);
    expect((await person.walker.get(path)).status).toBe(410);
  });

  it('may name the person by the sub or an ID token, of this agency only', async () => {
    const person = await signUp(server, { email: 'hinted@example.org' });
    const { tokens, claims } = await signInAt(person.walker, bank);
    const bySub = await asked(person, { login_hint: claims.sub });
    const { body } = await ask({ id_token_hint: tokens.id_token! });
    expect(body.auth_req_id).toBeTypeOf('string');
    await settled(2, person.accountId);
    expect(await waiting(person)).toHaveLength(2);
    await touch(person, bySub.path);
    const given = await poll(bySub.id);
    expect(decodeJwt(String(given.body.id_token)).sub).toBe(claims.sub);

    const other = await relyingParty(server, {
      ...BANK,
      client_id: 'revenue-counter',
      agency: { code: 'revenue', name: 'Revenue Department', 'name#th': 'กรมสรรพากร' },
    });
    const foreign = await ask({ login_hint: claims.sub }, other);
    expect(foreign.status).toBe(200);
    const row = await server.app
      .db('oidc_backchannel_requests')
      .where({ service_id: 'revenue-counter' })
      .first<{ account_id: unknown }>('account_id');
    expect(row.account_id).toBeNull();
    for (const fields of [
      {},
      { login_hint_token: 'x' },
      { id_token_hint: 'x.y.z' },
      { login_hint: claims.sub, id_token_hint: tokens.id_token! },
      { login_hint: 'x'.repeat(300) },
    ])
      expect(await ask(fields as Record<string, string>)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
  });

  it('for nobody is a person who does not answer', async () => {
    const somebody = await signUp(server, { email: 'silent@example.org' });
    const one = await asked(somebody);
    const nobody = await ask({ login_hint: 'nobody@example.org' });
    expect(nobody.status).toBe(200);
    expect(Object.keys(nobody.body)).toEqual(Object.keys(one.body));
    expect(String(nobody.body.auth_req_id).length).toBe(one.id.length);
    for (const [seconds, error] of [
      [0, 'authorization_pending'],
      [1, 'slow_down'],
      [700, 'expired_token'],
    ] as const) {
      later(seconds);
      const answers = await Promise.all([poll(one.id), poll(String(nobody.body.auth_req_id))]);
      expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
        [400, error],
        [400, error],
      ]);
      expect(answers[0]!.body).toEqual(answers[1]!.body);
    }
  });

  it('is answered by no other person, by no other passkey, and not without a touch', async () => {
    const person = await signUp(server, { email: 'own@example.org' });
    const stranger = await signUp(server, { email: 'stranger@example.org' });
    const { id, path } = await asked(person);
    expect((await stranger.walker.get(path)).status).toBe(404);
    expect((await stranger.walker.post(`${path}/refusal`, { reason: 'refused' })).status).toBe(404);
    expect((await touch(stranger, path)).status).toBe(404);
    const bare = await person.walker.post(`${path}/approval`, { credential: '{}' });
    expect(bare.status).toBe(422);
    expect(bare.text).toContain('Nothing was approved');
    const forged = await person.walker.post(
      `${path}/approval`,
      { credential: '{}' },
      { origin: 'https://evil.example' },
    );
    expect(forged.status).toBe(403);
    // The stranger's passkey in this browser signs the stranger in; the request is not theirs.
    const mixed = await touch({ walker: person.walker, device: stranger.device }, path);
    expect(mixed.status).toBe(404);
    expect((await poll(id)).body.error).toBe('authorization_pending');
    expect((await person.walker.get('/approvals/x')).status).toBe(404);
  });

  it('refused or reported gives access_denied, and quiet', async () => {
    const person = await signUp(server, { email: 'refuses@example.org' });
    const first = await asked(person);
    await person.walker.post(`${first.path}/refusal`, { reason: 'refused' });
    expect((await poll(first.id)).body.error).toBe('access_denied');
    // The service tries again at once: it hears nothing of the limit.
    const again = await ask({ login_hint: person.email });
    expect(again.status).toBe(200);
    await settled(2, person.accountId);
    expect(await waiting(person)).toEqual([]);
    expect((await poll(String(again.body.auth_req_id))).body.error).toBe('authorization_pending');

    const other = await relyingParty(server, { ...BANK, client_id: 'lands-phone' });
    const bad = await asked(person, {}, other);
    const told = await person.walker.post(`${bad.path}/refusal`, { reason: 'reported' });
    expect((await person.walker.get(told.location!)).text).toContain('Thank you for telling us');
    expect((await poll(bad.id, other)).body.error).toBe('access_denied');
    const [event] = await server.app
      .db('audit_events')
      .where({ action: 'oidc.approval_answered', actor_id: person.accountId })
      .orderBy('at', 'desc')
      .pluck('details');
    expect(JSON.parse(String(event))).toMatchObject({ service: 'lands-phone', answer: 'reported' });
    expect((await person.walker.post(`${bad.path}/refusal`, { reason: 'refused' })).status).toBe(
      410,
    );
  });

  it('asks for levels as a browser sign-in does', async () => {
    const person = await signUp(server, { email: 'levels@example.org' });
    const claims = JSON.stringify({
      id_token: { acr: { essential: true, value: 'urn:tangchat:acr:ial2:aal2' } },
    });
    const proof = await asked(person, { claims });
    expect((await person.walker.get(proof.path)).text).toContain('Prove who you are first');
    expect((await touch(person, proof.path)).location).toBe(proof.path);
    expect((await poll(proof.id)).body.error).toBe('authorization_pending');

    const far = await asked(person, {
      claims: claims.replace('ial2:aal2', 'ial0:aal3'),
    });
    expect((await person.walker.get(far.path)).text).toContain('more certainty than you can give');
    await person.walker.post(`${far.path}/refusal`, { reason: 'out_of_reach' });
    expect((await poll(far.id)).body.error).toBe('unmet_authentication_requirements');

    // Voluntary: approved as the person is, and told so.
    const wish = await asked(person, { acr_values: 'urn:tangchat:acr:ial2:aal2' });
    await touch(person, wish.path);
    const tokens = await poll(wish.id);
    expect(decodeJwt(String(tokens.body.id_token)).acr).toBe('urn:tangchat:acr:ial0:aal2');
  });
});

describe('tokens of an approval', () => {
  it('end with the consent, the session that approved, and a suspension', async () => {
    const person = await signUp(server, { email: 'ends@example.org' });
    const { personId } = await enrol(server, person.accountId, {
      ...anna,
      documentNumber: 'CIBA00001',
    });
    const approved = async () => {
      const { id, path } = await asked(person);
      await touch(person, path);
      return (await poll(id)).body;
    };
    const one = await approved();
    expect(await isAlive(one)).toBe(true);
    await transact(server.app.db, (tx) =>
      withdrawConsent(tx, server.app, { accountId: person.accountId, serviceId: bank.clientId }),
    );
    expect(await isAlive(one)).toBe(false);
    const two = await approved();
    expect(await isAlive(two)).toBe(true);
    await transact(server.app.db, (tx) =>
      transitionId(tx, server.app, {
        personId,
        to: 'suspended',
        reason: 'suspected_fraud',
        actor: officer,
      }),
    );
    expect(await isAlive(two)).toBe(false);
    const blocked = await asked(person);
    expect((await person.walker.get(blocked.path)).text).toContain('The state of your ID');
    expect((await touch(person, blocked.path)).location).toBe(blocked.path);

    const leaver = await signUp(server, { email: 'leaver@example.org' });
    const last = await asked(leaver);
    await touch(leaver, last.path);
    const { body } = await poll(last.id);
    expect(await isAlive(body)).toBe(true);
    await leaver.walker.post('/sign-out');
    expect(await isAlive(body)).toBe(false);
  });

  it('are given once, to the service that asked, on whatever node; a replay ends them', async () => {
    const { config, db, keys, log } = server.app;
    const node = createServer(await createApp({ config, db, keys, log })).listen(0, '127.0.0.1');
    await once(node, 'listening');
    atEnd(() => void node.closeAllConnections());
    atEnd(() => void node.close());
    const other = { url: `http://127.0.0.1:${(node.address() as { port: number }).port}` };
    const thief = await relyingParty(server, { ...BANK, client_id: 'lands-thief' });
    const person = await signUp(server, { email: 'races@example.org' });
    const { id, path } = await asked(person);
    await touch(person, path);
    expect((await poll(id, thief)).body.error).toBe('invalid_grant');
    const answers = await Promise.all(
      [server, other, server, other].map((at) => poll(id, bank, at)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBe(1);
    expect(await isAlive(won[0]!.body)).toBe(true);
    later(30);
    expect((await poll(id)).body.error).toBe('invalid_grant');
    expect(await isAlive(won[0]!.body)).toBe(false);
  });

  it('come of a request that is sealed where it waits', async () => {
    await ask({ login_hint: 'canary.hint@example.org', binding_message: 'CANARY MESSAGE' });
    const rows = await server.app.db('oidc_backchannel_requests').select();
    const text = JSON.stringify(
      rows.map((row: Record<string, unknown>) =>
        Object.values(row).map((value) =>
          Buffer.isBuffer(value) ? value.toString('latin1') : value,
        ),
      ),
    );
    for (const secret of ['canary.hint', 'CANARY']) expect(text).not.toContain(secret);
  });
});

describe('a ping', () => {
  it('tells the service, with its token, and again where its server was down', async () => {
    const heard: { authorization: string | undefined; body: string }[] = [];
    const notified = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push({ authorization: request.headers.authorization, body });
        response.writeHead(heard.length === 1 ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(notified, 'listening');
    atEnd(() => void notified.close());
    const { port } = notified.address() as { port: number };
    const pinged = await relyingParty(server, {
      ...BANK,
      client_id: 'lands-pinged',
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `http://127.0.0.1:${port}/ping`,
    });
    expect((await ask({ login_hint: 'x@example.org' }, pinged)).body.error).toBe('invalid_request');
    const person = await signUp(server, { email: 'pinged@example.org' });
    const token = 'notification-token_1';
    const { id, path } = await asked(person, { client_notification_token: token }, pinged);
    await touch(person, path);
    for (let tries = 0; heard.length < 1 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    // The queue waits seconds before it tries again; here it does so at once.
    await pingService({ approvalId: path.split('/').at(-1)! }, server.app);
    expect(heard.slice(0, 2)).toEqual(
      Array(2).fill({
        authorization: `Bearer ${token}`,
        body: JSON.stringify({ auth_req_id: id }),
      }),
    );
    expect((await poll(id, pinged)).status).toBe(200);
  });

  it('never goes to an address that is not public', async () => {
    const inside = await relyingParty(server, {
      ...BANK,
      client_id: 'lands-inside',
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://169.254.169.254/ping',
    });
    const person = await signUp(server, { email: 'inside@example.org' });
    const { path } = await asked(person, { client_notification_token: 'abc' }, inside);
    await person.walker.post(`${path}/refusal`, { reason: 'refused' });
    await expect(pingService({ approvalId: path.split('/').at(-1)! }, server.app)).rejects.toThrow(
      'forbidden_address',
    );
  });
});

describe('what a service sends', () => {
  it('is refused where a binding message could read as something else', async () => {
    for (const message of [
      'x'.repeat(81),
      'x'.repeat(60_000),
      '<b>Approve</b>',
      'two\nlines',
      'bell\u0007',
      'turned \u202Etxet',
      'zero\u200Bwidth',
      'see https://evil.example',
      'see www.evil.example',
      `marks e${'\u0301'.repeat(9)}`,
      ' ',
    ])
      expect(
        await ask({ login_hint: 'a@example.org', binding_message: message }),
        message,
      ).toMatchObject({
        status: message.length > 50_000 ? expect.any(Number) : 400,
        body: { error: expect.stringMatching(/^invalid_(?:binding_message|request)$/) },
      });
    for (const message of ['W4SCT', 'โอนเงิน 5,000 บาท', 'ငွေလွှဲ ၅၀၀', 'Überweisung 20 €', '+66 2 #7'])
      expect(isPlainMessage(message), message).toBe(true);
    const short = await ask({ login_hint: 'a@example.org', requested_expiry: '60' });
    expect(short.body.expires_in).toBe(60);
    const long = await ask({ login_hint: 'a@example.org', requested_expiry: '86400' });
    expect(long.body.expires_in).toBe(600);
    const stranger = { clientId: 'lands-counter', secret: 'wrong' };
    const refused = await postAs(server, stranger, '/oidc/backchannel-authentication', {
      scope: 'openid',
      login_hint: 'a@example.org',
    });
    expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const unregistered = await relyingParty(server, { client_id: 'lands-plain' });
    expect((await ask({ login_hint: 'a@example.org' }, unregistered)).status).toBe(400);
  });

  it('is taken signed only, where the service registered an algorithm', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const signing = await relyingParty(server, {
      ...BANK,
      client_id: 'lands-signing',
      backchannel_authentication_request_signing_alg: 'ES256',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] },
    });
    const plain = await ask({ login_hint: 'a@example.org' }, signing);
    expect(plain).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const person = await signUp(server, { email: 'signed@example.org' });
    const sign = (claims: Record<string, unknown>, key = privateKey) =>
      new SignJWT({ scope: 'openid', login_hint: person.email, jti: `${Math.random()}`, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer('lands-signing')
        .setAudience(server.url)
        .setIssuedAt()
        .setNotBefore('0s')
        .setExpirationTime('5m')
        .sign(key);
    const request = await sign({ binding_message: 'SIGNED 1' });
    const taken = await postAs(server, signing, '/oidc/backchannel-authentication', { request });
    expect(taken.status).toBe(200);
    await settled(1, person.accountId);
    const [path] = await waiting(person);
    expect((await person.walker.get(path!)).text).toContain('SIGNED 1');
    const forger = await generateKeyPair('ES256');
    const forged = await sign({}, forger.privateKey);
    expect(
      await postAs(server, signing, '/oidc/backchannel-authentication', { request: forged }),
    ).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('the limits on asking one person', () => {
  const now = new Date('2026-11-23T10:00:00Z');
  const shown = (
    minutesAgo: number,
    answer: ShownBefore['answer'],
    serviceId = 'a',
  ): ShownBefore => {
    const admittedAt = new Date(now.getTime() - minutesAgo * 60_000);
    return { serviceId, admittedAt, answer, expiresAt: new Date(admittedAt.getTime() + 600_000) };
  };
  it.each<[string, ShownBefore[], boolean]>([
    ['nothing before', [], true],
    ['two that wait', [shown(1, null, 'b'), shown(2, null, 'c')], true],
    ['three that wait', [shown(1, null, 'b'), shown(2, null, 'c'), shown(3, null, 'd')], false],
    ['a refusal just now', [shown(5, 'refused')], false],
    ["another service's refusal", [shown(5, 'refused', 'b')], true],
    ['a refusal a while ago', [shown(16, 'refused')], true],
    ['a report of today', [shown(1000, 'reported')], false],
    ['three unanswered in the hour', [shown(15, null), shown(30, null), shown(45, null)], false],
    [
      'three approved in the hour',
      [shown(5, 'approved'), shown(15, 'approved'), shown(30, 'approved')],
      true,
    ],
    [
      'ten unwanted of all',
      Array.from({ length: 10 }, (_, n) => shown(15 + n, null, `s${n}`)),
      false,
    ],
  ])('%s', (_name, before, may) => {
    expect(mayBeShown(before, { serviceId: 'a', now })).toBe(may);
  });

  it('hold over HTTP: the fourth that waits at once is not shown', async () => {
    const person = await signUp(server, { email: 'bombed@example.org' });
    const parties = [];
    for (const name of ['one', 'two', 'three', 'four'])
      parties.push(await relyingParty(server, { ...BANK, client_id: `lands-${name}` }));
    const answers = await Promise.all(
      parties.map((party) => ask({ login_hint: person.email }, party)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await settled(4, person.accountId);
    expect(await waiting(person)).toHaveLength(3);
  });
});
