import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { atEnd } from '../at-end.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp, signUpOfficer } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { childOf, jun, signInFor } from './guardian.ts';
import { follow, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let services: { party: RelyingParty; told: Told }[];

interface Told {
  url: string;
  /** The logout tokens that came, in order. */
  tokens: string[];
  connections: number;
  /** The next answers; 200 after them. */
  answers: number[];
}

async function listener(): Promise<Told> {
  const told: Told = { url: '', tokens: [], connections: 0, answers: [] };
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.statusCode = told.answers.shift() ?? 200;
      if (response.statusCode === 200)
        told.tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.end();
    });
  }).listen(0, '127.0.0.1');
  http.on('connection', () => (told.connections += 1));
  await new Promise((resolve) => http.once('listening', resolve));
  atEnd(() => {
    http.closeAllConnections();
    http.close();
  });
  told.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/signed-out`;
  return told;
}

beforeAll(async () => {
  server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  services = await Promise.all(
    ['lands', 'tax'].map(async (code) => {
      const told = await listener();
      const party = await relyingParty(server, {
        client_id: `${code}-notices`,
        agency: { code, name: code, 'name#th': code },
        backchannel_logout_uri: told.url,
        backchannel_logout_session_required: true,
        post_logout_redirect_uris: ['http://127.0.0.1:4002/'],
      });
      return { party, told };
    }),
  );
});

/** Signs in at both services from one browser. */
async function signedInAtBoth(walker: Walker) {
  const claims = [];
  for (const { party } of services) claims.push((await signInAt(walker, party)).claims);
  return claims;
}

async function arrived(told: Told, count: number): Promise<void> {
  for (let tries = 0; told.tokens.length < count; tries++) {
    if (tries > 200) throw new Error(`${told.tokens.length} of ${count} notices came.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The last token that a service got, verified as Back-Channel Logout §2.6 says. */
async function verified({ told, party }: (typeof services)[number]): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
  const { payload, protectedHeader } = await jwtVerify(told.tokens.at(-1)!, keys, {
    issuer: server.url,
    audience: party.clientId,
    requiredClaims: ['iat', 'exp', 'jti', 'sub', 'sid', 'events'],
  });
  expect(protectedHeader.typ).toBe('logout+jwt');
  expect(payload).not.toHaveProperty('nonce');
  return payload;
}

it('tells every service of the browser when its person signs out here', async () => {
  const { walker } = await signUp(server, { email: 'notices-1@example.org' });
  const claims = await signedInAtBoth(walker);
  const before = services.map(({ told }) => told.tokens.length);
  await walker.post('/sign-out');
  for (const [index, service] of services.entries()) {
    await arrived(service.told, before[index]! + 1);
    const payload = await verified(service);
    expect(payload).toMatchObject({ sub: claims[index]!.sub, sid: claims[index]!.sid });
    expect(Object.keys(payload.events as object)).toEqual([
      'http://schemas.openid.net/event/backchannel-logout',
    ]);
  }
  expect(claims[0]!.sid).not.toBe(claims[1]!.sid);
});

it('tells them when the session is ended from another device', async () => {
  const person = await signUp(server, { email: 'notices-2@example.org' });
  await signedInAtBoth(person.walker);
  const before = services.map(({ told }) => told.tokens.length);
  const other = newWalker(server.url);
  await signIn(other, person.device);
  await other.post('/sessions/others/end');
  for (const [index, { told }] of services.entries()) await arrived(told, before[index]! + 1);
});

it('tells each once when a service signs the person out everywhere', async () => {
  const { walker } = await signUp(server, { email: 'notices-3@example.org' });
  await signedInAtBoth(walker);
  const before = services.map(({ told }) => told.tokens.length);
  await answerSignOut(walker, { logout: 'yes' });
  for (const [index, { told }] of services.entries()) await arrived(told, before[index]! + 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(services.map(({ told }) => told.tokens.length)).toEqual(before.map((n) => n + 1));
});

it('tells the asking service alone when the person stays signed in elsewhere', async () => {
  const { walker } = await signUp(server, { email: 'notices-4@example.org' });
  await signedInAtBoth(walker);
  const before = services.map(({ told }) => told.tokens.length);
  await answerSignOut(walker, {});
  await arrived(services[0]!.told, before[0]! + 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(services[1]!.told.tokens.length).toBe(before[1]);
  expect((await walker.get('/home')).status).toBe(200);
});

async function answerSignOut(walker: Walker, fields: Record<string, string>): Promise<void> {
  const asked = await walker.get(`/oidc/sign-out?client_id=${services[0]!.party.clientId}`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1];
  const done = await walker.post('/oidc/sign-out/confirm', { xsrf: xsrf!, ...fields });
  await follow(walker, done);
}

it('tries again when the service’s server is in trouble, and signs out meanwhile', async () => {
  const { walker } = await signUp(server, { email: 'notices-5@example.org' });
  await signedInAtBoth(walker);
  const [{ told }] = services as [(typeof services)[number]];
  const before = told.tokens.length;
  told.answers = [503];
  await walker.post('/sign-out');
  expect((await walker.get('/home')).status).toBe(302);
  await arrived(told, before + 1);
});

it('never connects to a private address unless the sandbox allows it', async () => {
  const guarded = await startTestServer();
  const told = await listener();
  const party = await relyingParty(guarded, {
    client_id: 'lands-private',
    backchannel_logout_uri: told.url,
  });
  const { walker } = await signUp(guarded, { email: 'notices-6@example.org' });
  await signInAt(walker, party);
  await walker.post('/sign-out');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(told.connections).toBe(0);
});

it('names the ward where a guardian was signed in for one', async () => {
  const person = await signUp(server, { email: 'notices-7@example.org' });
  await enrol(server, person.accountId, anna);
  const officer = await signUpOfficer(server, { name: 'Malee', roles: ['officer'] });
  const officerId = officer.accountId;
  const child = await childOf(server, person.accountId, { person: jun, officerId });
  const told = await listener();
  const party = await relyingParty(server, {
    client_id: 'school-notices',
    representation: true,
    backchannel_logout_uri: told.url,
    backchannel_logout_session_required: true,
    post_logout_redirect_uris: ['http://127.0.0.1:4002/'],
  });
  const first = await signInFor(person.walker, child, party);
  await person.walker.post('/sign-out');
  await arrived(told, 1);
  expect(await verified({ told, party })).toMatchObject({
    sub: first.claims.sub,
    sid: first.claims.sid,
  });
  await signIn(person.walker, person.device);
  const second = await signInFor(person.walker, child, party);
  expect(second.claims.sub).toBe(first.claims.sub);
  await answerSignOut(person.walker, { logout: 'yes' });
  await arrived(told, 2);
  expect(await verified({ told, party })).toMatchObject({
    sub: second.claims.sub,
    sid: second.claims.sid,
  });
});
