import * as openid from 'openid-client';
import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { endAgreement } from '../../src/agencies/add-agreement.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { transact } from '../../src/lib/database.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { enrol } from './enrolled.ts';
import {
  REVENUE,
  TITLES,
  agree,
  introspect,
  protectedApi,
  verifyAccessToken,
} from './protected-api.ts';
import { authorize, relyingParty, signInAt, tokenRequest } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;
let revenue: RelyingParty;
let labour: RelyingParty;
let person: SignedIn;
let subjectToken: string;
let landsSub: string;
let agreementId: never;

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const LEDGER = 'https://api.lands.example/ledger';
const PERMITS = 'https://api.labour.example/permits';

beforeAll(async () => {
  server = await startTestServer();
  const grant_types = ['authorization_code', 'refresh_token', EXCHANGE];
  lands = await relyingParty(server, { grant_types });
  revenue = await relyingParty(server, {
    client_id: 'revenue-tax',
    agency: REVENUE,
    grant_types,
  });
  labour = await relyingParty(server, {
    client_id: 'labour-permits',
    agency: { code: 'labour', name: 'Department of Employment', 'name#th': 'กรมการจัดหางาน' },
    grant_types,
  });
  await protectedApi(server, { services: [] });
  await protectedApi(server, { resource: LEDGER, token_format: 'opaque', services: [] });
  await protectedApi(server, { resource: PERMITS, agency: 'labour', services: [] });
  const scopes = ['titles:read'];
  agreementId = (await agree(server, { service: 'revenue-tax', resource: TITLES, scopes }))
    .id as never;
  await agree(server, { service: 'revenue-tax', resource: LEDGER, scopes });
  await agree(server, { service: 'lands-condo', resource: PERMITS, scopes });
  person = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, person.accountId, anna);
  landsSub = (await signInAt(person.walker, lands)).claims.sub;
  subjectToken = (await signInAt(person.walker, revenue)).tokens.access_token;
});

const exchange = (more: Record<string, string> = {}, party = revenue) =>
  tokenRequest(server, party, {
    grant_type: EXCHANGE,
    subject_token: subjectToken,
    subject_token_type: ACCESS_TOKEN,
    resource: TITLES,
    scope: 'titles:read',
    ...more,
  });

it("turns the user's token into one for the other agency's resource, which names who acts", async () => {
  const { status, body } = await exchange();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    scope: 'titles:read',
  });
  expect(body).not.toHaveProperty('refresh_token');
  expect(body.expires_in).toBeLessThanOrEqual(300);
  const { payload } = await verifyAccessToken(server, String(body.access_token), TITLES);
  expect(payload).toMatchObject({
    sub: landsSub,
    client_id: 'revenue-tax',
    act: { sub: 'revenue-tax' },
    aud: TITLES,
    scope: 'titles:read',
    ial: 2,
    aal: 2,
    auth_time: expect.any(Number),
  });
  expect(payload).not.toHaveProperty('name');
  const [event] = await server.app
    .db('audit_events')
    .where({ action: 'oidc.token_exchanged' })
    .select('actor_id', 'subject_id', 'details');
  expect(event).toMatchObject({ actor_id: 'revenue-tax', subject_id: person.accountId });
  expect(JSON.stringify(event.details)).toContain('law');
});

it('ends with the consent and session that it comes from', async () => {
  const { walker, accountId } = await signUp(server, { email: 'mai@example.org' });
  const { tokens } = await signInAt(walker, revenue);
  const exchanged = await exchange({ subject_token: tokens.access_token, resource: LEDGER });
  const token = String(exchanged.body.access_token);
  const { json } = await introspect(server, lands, token);
  expect(json).toMatchObject({
    active: true,
    client_id: 'revenue-tax',
    act: { sub: 'revenue-tax' },
    aud: LEDGER,
    ial: 0,
  });
  await transact(server.app.db, (tx) =>
    withdrawConsent(tx, server.app, { accountId, serviceId: 'revenue-tax' }),
  );
  expect((await introspect(server, lands, token)).json).toEqual({ active: false });
  const after = await exchange({ subject_token: tokens.access_token });
  expect(after).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});

it('passes on once more, with the chain of those who act, and not without end', async () => {
  const first = await exchange({ resource: LEDGER });
  // The Department of Lands got it with a call, and calls on.
  const second = await exchange(
    { subject_token: String(first.body.access_token), resource: PERMITS },
    lands,
  );
  expect(second.status).toBe(200);
  const { payload } = await verifyAccessToken(server, String(second.body.access_token), PERMITS);
  expect(payload).toMatchObject({
    client_id: 'lands-condo',
    act: { sub: 'lands-condo', act: { sub: 'revenue-tax' } },
  });
  let token = String(first.body.access_token);
  for (const expected of [200, 200, 400]) {
    const next = await exchange({ subject_token: token, resource: LEDGER });
    expect(next.status).toBe(expected);
    if (expected === 400)
      expect(next.body.error_description).toContain('fewer than 3 services have exchanged');
    token = String(next.body.access_token);
  }
});

it('needs the consent of the person where that is the basis', async () => {
  const resource = await protectedApi(server, {
    resource: 'https://api.lands.example/private',
    services: ['labour-permits'],
  });
  await agree(server, {
    service: 'labour-permits',
    resource,
    scopes: ['titles:read'],
    legal_basis: 'consent',
    legal_reference: undefined,
  });
  const { tokens } = await signInAt(person.walker, labour);
  const asked = { subject_token: tokens.access_token, resource };
  const before = await exchange(asked, labour);
  expect(before).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_scope',
      error_description: expect.stringContaining('have them agree at labour-permits'),
    },
  });
  await authorize(person.walker, labour, { scope: 'openid titles:read', resource });
  const after = await exchange(asked, labour);
  expect(after.status).toBe(200);
});

it('gives no level that the resource does not accept, and no longer life than what went in', async () => {
  const resource = await protectedApi(server, {
    resource: 'https://api.lands.example/strict',
    services: [],
    minimum_ial: 3,
    token_seconds: 600,
  });
  await agree(server, { service: 'revenue-tax', resource, scopes: ['titles:read'] });
  const refused = await exchange({ resource });
  expect(refused).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_target',
      error_description: expect.stringContaining('acr_values=urn:tangchat:acr:ial3:aal2'),
    },
  });
  await protectedApi(server, { resource, services: [], token_seconds: 600 });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const given = await exchange({ resource });
  expect(given.body.expires_in).toBeLessThanOrEqual(300);
});

const NO_ALG = new UnsecuredJWT({ sub: 'anna' }).setIssuer('https://evil.example').encode();
const FOREIGN = await new SignJWT({ sub: 'anna' })
  .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
  .sign(new Uint8Array(32));

it.each([
  [
    'no subject token',
    { subject_token: '' },
    'invalid_request',
    'subject_token: expected the access token',
  ],
  [
    'another type of token',
    { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    'invalid_request',
    'subject_token_type: expected urn:ietf',
  ],
  [
    'a JWT without a signature',
    { subject_token: NO_ALG },
    'invalid_request',
    'expected an opaque access token',
  ],
  [
    'a JWT of somebody',
    { subject_token: FOREIGN },
    'invalid_request',
    'expected an opaque access token',
  ],
  [
    'a token that nobody issued',
    { subject_token: 'x'.repeat(43) },
    'invalid_request',
    'expected a live access token',
  ],
  [
    'an actor token',
    { actor_token: 'x', actor_token_type: ACCESS_TOKEN },
    'invalid_request',
    'actor_token: leave it out',
  ],
  [
    'a wish for an ID token',
    { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    'invalid_request',
    'requested_token_type: expected',
  ],
  ['an audience', { audience: 'lands' }, 'invalid_target', 'audience: leave it out'],
  ['no resource', { resource: '' }, 'invalid_target', 'expected exactly one'],
  [
    'a relative resource',
    { resource: '/titles' },
    'invalid_target',
    'expected an absolute address',
  ],
  [
    'a resource with a fragment',
    { resource: `${TITLES}#a` },
    'invalid_target',
    'without a fragment',
  ],
  [
    'a resource that nobody knows',
    { resource: 'https://nobody.example/' },
    'invalid_target',
    'is not registered',
  ],
  [
    'a resource without an agreement',
    { resource: PERMITS },
    'invalid_target',
    'there is no agreement in force',
  ],
  ['no scope', { scope: '' }, 'invalid_request', 'scope: expected at least one'],
  [
    'a scope beyond the agreement',
    { scope: 'titles:read titles:write' },
    'invalid_scope',
    'covers titles:read and nothing else',
  ],
])('refuses %s with a sentence', async (_what, more, error, said) => {
  const { status, body } = await exchange(more);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error, error_description: expect.stringContaining(said) });
});

it('refuses what is not an access token, or not the business of the calling service', async () => {
  const { tokens } = await signInAt(person.walker, labour);
  const foreign = await exchange({ subject_token: tokens.access_token });
  expect(foreign).toMatchObject({
    status: 400,
    body: { error_description: expect.stringContaining('that this service got for its user') },
  });
  const own = await signInAt(person.walker, revenue);
  const refresh = await exchange({ subject_token: own.tokens.refresh_token! });
  expect(refresh.status).toBe(400);
  const { url, checks } = await authorize(person.walker, revenue);
  const code = url.searchParams.get('code')!;
  await openid.authorizationCodeGrant(revenue.config, url, checks);
  expect((await exchange({ subject_token: code })).status).toBe(400);
  const plain = await relyingParty(server, { client_id: 'revenue-plain', agency: REVENUE });
  expect((await exchange({}, plain)).body.error).toBe('invalid_request');
});

it('refuses several resources, and ends with the agreement', async () => {
  const body = new URLSearchParams({
    grant_type: EXCHANGE,
    subject_token: subjectToken,
    subject_token_type: ACCESS_TOKEN,
    scope: 'titles:read',
  });
  for (const resource of [TITLES, LEDGER]) body.append('resource', resource);
  const basic = Buffer.from(`revenue-tax:${revenue.secret}`).toString('base64');
  const both = await fetch(`${server.url}/oidc/token`, {
    method: 'POST',
    body,
    headers: { authorization: `Basic ${basic}` },
  });
  expect(await both.json()).toMatchObject({ error: 'invalid_target' });
  await transact(server.app.db, (tx) =>
    endAgreement(tx, server.app, { id: agreementId, actor: SYSTEM }),
  );
  const after = await exchange();
  expect(after).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
});
