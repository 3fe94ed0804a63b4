import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { changeResourceState } from '../../src/agencies/add-resource.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { REVENUE, TITLES, introspect, protectedApi, verifyAccessToken } from './protected-api.ts';
import {
  agree,
  authorizationRequest,
  authorize,
  follow,
  relyingParty,
  signInAt,
  tokenRequest,
} from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;
let revenue: RelyingParty;
let person: SignedIn;

const SCOPE = 'openid profile titles:read';

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
  revenue = await relyingParty(server, { client_id: 'revenue-tax', agency: REVENUE });
  await protectedApi(server, { services: ['lands-condo', 'revenue-tax'] });
  person = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, person.accountId, anna);
});

/** A code exchanged for a token of this resource. */
async function tokenFor(
  party: RelyingParty,
  resource: string,
  parameters: Record<string, string> = {},
) {
  const { url, checks } = await authorize(person.walker, party, {
    scope: SCOPE,
    resource,
    ...parameters,
  });
  return openid.authorizationCodeGrant(party.config, url, checks, { resource });
}

it('gives a JWT for the resource, which says how sure we are and nothing personal', async () => {
  const tokens = await tokenFor(lands, TITLES, { acr_values: 'urn:tangchat:acr:ial1:aal2' });
  const { payload, protectedHeader } = await verifyAccessToken(server, tokens.access_token, TITLES);
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  expect(Object.keys(payload).toSorted()).toEqual([
    'aal',
    'acr',
    'amr',
    'aud',
    'auth_time',
    'client_id',
    'exp',
    'fal',
    'ial',
    'iat',
    'iss',
    'jti',
    'scope',
    'sub',
  ]);
  expect(payload).toMatchObject({
    aud: TITLES,
    client_id: 'lands-condo',
    scope: 'titles:read',
    acr: 'urn:tangchat:acr:ial1:aal2',
    ial: 2,
    aal: 2,
    auth_time: tokens.claims()!.auth_time,
  });
  expect(payload.exp! - payload.iat!).toBe(300);
  expect(tokens.expires_in).toBe(300);
  expect(tokens.scope).toBe('titles:read');
  // Not for userinfo, and told in the way of RFC 9728.
  const refused = await fetch(`${server.url}/oidc/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain(
    `resource_metadata="${server.url}/.well-known/oauth-protected-resource/oidc/userinfo"`,
  );
  // The code also gave an ID token, and a refresh token gives one for userinfo as ever.
  const fresh = await openid.refreshTokenGrant(lands.config, tokens.refresh_token!);
  expect(fresh.scope).toBe('openid profile');
  const info = await openid.fetchUserInfo(lands.config, fresh.access_token, tokens.claims()!.sub);
  expect(info.name).toBeDefined();
});

it("has the sub that the resource's own agency sees, whoever asked for the token", async () => {
  const own = await signInAt(person.walker, lands);
  const other = await signInAt(person.walker, revenue);
  const tokens = await tokenFor(revenue, TITLES);
  const { payload } = await verifyAccessToken(server, tokens.access_token, TITLES);
  expect(payload).toMatchObject({ sub: own.claims.sub, client_id: 'revenue-tax' });
  expect(payload.sub).not.toBe(other.claims.sub);
});

it('shows what the service may do there before the person agrees, and remembers it', async () => {
  const party = await relyingParty(server, { client_id: 'lands-mobile' });
  await protectedApi(server, { services: ['lands-condo', 'revenue-tax', 'lands-mobile'] });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const request = await authorizationRequest(party, { scope: SCOPE, resource: TITLES });
  const page = await follow(person.walker, request.path);
  if (page.at !== 'page') throw new Error('no consent asked');
  expect(page.answer.text).toContain('At Department of Lands, Land titles, the service may');
  expect(page.answer.text).toContain('See the land titles in your name');
  expect(page.answer.text).not.toContain('Enter changes');
  await agree(person.walker, page);
  const again = await authorizationRequest(party, { scope: SCOPE, resource: TITLES });
  expect((await follow(person.walker, again.path)).at).toBe('service');
  // More is asked again, and marked.
  const more = await authorizationRequest(party, {
    scope: `${SCOPE} titles:write`,
    resource: TITLES,
  });
  const grown = await follow(person.walker, more.path);
  if (grown.at !== 'page') throw new Error('no consent asked');
  expect(grown.answer.text).toMatch(/Enter changes of your land titles.*new/);
  const receipts = await server.app
    .db('oidc_consents')
    .where({ account_id: person.accountId, service_id: 'lands-mobile' })
    .select('resources');
  expect(receipts).toEqual([{ resources: { [TITLES]: ['titles:read'] } }]);
});

it('narrows at the token endpoint, and never widens', async () => {
  const { url, checks } = await authorize(person.walker, lands, {
    scope: `${SCOPE} titles:write`,
    resource: TITLES,
  });
  const tokens = await openid.authorizationCodeGrant(lands.config, url, checks, {
    resource: TITLES,
  });
  expect(tokens.scope).toBe('titles:read titles:write');
  const narrow = await openid.refreshTokenGrant(lands.config, tokens.refresh_token!, {
    resource: TITLES,
    scope: 'titles:read',
  });
  expect(narrow.scope).toBe('titles:read');
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token! };
  const wider = await tokenRequest(server, lands, {
    ...refresh,
    resource: TITLES,
    scope: 'registry:count',
  });
  expect(wider).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  const elsewhere = await tokenRequest(server, lands, {
    ...refresh,
    resource: 'https://other.example/',
  });
  expect(elsewhere).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
});

it('gives an opaque token where the resource wants one, which lives as long as it says', async () => {
  const resource = await protectedApi(server, {
    resource: 'https://api.lands.example/maps',
    token_format: 'opaque',
    token_seconds: 60,
  });
  const tokens = await tokenFor(lands, resource);
  expect(tokens.access_token).not.toContain('.');
  expect(tokens.expires_in).toBe(60);
  expect((await introspect(server, lands, tokens.access_token)).json).toMatchObject({
    active: true,
    aud: resource,
  });
});

it('steps up to what the resource demands', async () => {
  const resource = await protectedApi(server, {
    resource: 'https://api.lands.example/sale',
    minimum_ial: 3,
  });
  const request = await authorizationRequest(lands, { scope: SCOPE, resource });
  const back = await follow(person.walker, request.path);
  expect(back.at === 'service' && back.url.searchParams.get('error')).toBe(
    'unmet_authentication_requirements',
  );
  // What was enough at the sign-in may not be later.
  const raised = await protectedApi(server, { resource: 'https://api.lands.example/raised' });
  const tokens = await tokenFor(lands, raised);
  await protectedApi(server, { resource: raised, minimum_ial: 3 });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const refused = await tokenRequest(server, lands, {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token!,
    resource: raised,
  });
  expect(refused).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_target',
      error_description: `resource: ${raised} needs a sign-in with acr_values=urn:tangchat:acr:ial3:aal2`,
    },
  });
});

it('issues nothing for a suspended resource within a second', async () => {
  const resource = await protectedApi(server, {
    resource: 'https://api.lands.example/closed',
    token_format: 'opaque',
  });
  const tokens = await tokenFor(lands, resource);
  const change = (state: 'active' | 'suspended') =>
    transact(server.app.db, (tx) =>
      changeResourceState(tx, server.app, { identifier: resource, state, actor: SYSTEM }),
    );
  expect(await change('suspended')).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await introspect(server, lands, tokens.access_token)).json).toEqual({ active: false });
  const refused = await tokenRequest(server, lands, {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token!,
    resource,
  });
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
});

it('takes several resources in a request, and one in a token request', async () => {
  const maps = await protectedApi(server, { resource: 'https://api.lands.example/plans' });
  const request = await authorizationRequest(lands, { scope: SCOPE });
  const resources = [TITLES, maps].map((uri) => `&resource=${encodeURIComponent(uri)}`).join('');
  const page = await follow(person.walker, request.path + resources);
  const back = page.at === 'page' ? await agree(person.walker, page) : page;
  if (back.at !== 'service') throw new Error('stuck');
  const code = back.url.searchParams.get('code')!;
  const body = new URLSearchParams([
    ['grant_type', 'authorization_code'],
    ['code', code],
    ['redirect_uri', 'http://127.0.0.1:4002/callback'],
    ['code_verifier', request.checks.pkceCodeVerifier],
    ['resource', TITLES],
    ['resource', maps],
  ]);
  const both = await fetch(`${server.url}/oidc/token`, {
    method: 'POST',
    body,
    headers: {
      authorization: `Basic ${Buffer.from(`lands-condo:${lands.secret}`).toString('base64')}`,
    },
  });
  expect(both.status).toBe(400);
  expect(await both.json()).toMatchObject({
    error: 'invalid_target',
    error_description: expect.stringContaining('only a single resource'),
  });
});

it.each([
  ['an unknown resource', 'https://nobody.example/', 'is no resource that this service'],
  ['a relative resource', '/titles', 'must be an absolute URI'],
  ['a resource with a fragment', `${TITLES}#a`, 'must not contain a fragment'],
  ['text that would break the answer', 'https://x.example/"\\', 'is no resource'],
])('refuses %s', async (_what, resource, said) => {
  const request = await authorizationRequest(lands, { scope: SCOPE, resource });
  const back = await follow(person.walker, request.path);
  if (back.at !== 'service') throw new Error(back.answer.text);
  expect(back.url.searchParams.get('error')).toBe('invalid_target');
  expect(back.url.searchParams.get('error_description')).toContain(said);
});

it.each([
  ['a scope that nobody offers', 'openid titles:burn', 'titles:burn is not among'],
  ['no scope of the resource', 'openid profile', 'name at least one scope of'],
])('refuses %s', async (_what, scope, said) => {
  const request = await authorizationRequest(lands, { scope, resource: TITLES });
  const back = await follow(person.walker, request.path);
  if (back.at !== 'service') throw new Error(back.answer.text);
  expect(back.url.searchParams.get('error')).toBe('invalid_scope');
  expect(back.url.searchParams.get('error_description')).toContain(said);
});

it('refuses a service that the resource does not list, and userinfo as a resource', async () => {
  const party = await relyingParty(server, { client_id: 'lands-other' });
  for (const resource of [TITLES, `${server.url}/oidc/userinfo`]) {
    const request = await authorizationRequest(party, { scope: SCOPE, resource });
    const back = await follow(person.walker, request.path);
    expect(back.at === 'service' && back.url.searchParams.get('error')).toBe('invalid_target');
  }
});
