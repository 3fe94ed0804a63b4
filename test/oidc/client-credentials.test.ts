import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { REVENUE, TITLES, introspect, protectedApi, verifyAccessToken } from './protected-api.ts';
import { relyingParty, tokenRequest } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
/** A service without people: it signs nobody in. */
let batch: RelyingParty;
let lands: RelyingParty;

const MAPS = 'https://api.lands.example/maps';

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
  batch = await relyingParty(server, {
    client_id: 'revenue-batch',
    agency: REVENUE,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    claims: [],
  });
  await protectedApi(server, { services: ['revenue-batch', 'lands-condo'] });
  await protectedApi(server, {
    resource: MAPS,
    token_format: 'opaque',
    services: ['revenue-batch'],
  });
});

const ask = (fields: Record<string, string>, party = batch) =>
  tokenRequest(server, party, { grant_type: 'client_credentials', ...fields });

it('gives a service a JWT of its own, without a person', async () => {
  const { status, body } = await ask({ resource: TITLES, scope: 'registry:count' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ scope: 'registry:count', token_type: 'Bearer', expires_in: 300 });
  expect(body).not.toHaveProperty('refresh_token');
  expect(body).not.toHaveProperty('id_token');
  const { payload } = await verifyAccessToken(server, String(body.access_token), TITLES);
  expect(Object.keys(payload).toSorted()).toEqual([
    'aud',
    'client_id',
    'exp',
    'iat',
    'iss',
    'jti',
    'scope',
    'sub',
  ]);
  expect(payload).toMatchObject({ sub: 'revenue-batch', client_id: 'revenue-batch' });
});

it('gives an opaque one that the resource server asks about, and that opens nothing of ours', async () => {
  const { body } = await ask({ resource: MAPS, scope: 'registry:count' });
  const token = String(body.access_token);
  const told = {
    active: true,
    client_id: 'revenue-batch',
    aud: MAPS,
    scope: 'registry:count',
    iss: server.url,
    token_type: 'Bearer',
  };
  expect((await introspect(server, lands, token)).json).toMatchObject(told);
  expect((await introspect(server, batch, token)).json).toMatchObject(told);
  expect((await introspect(server, lands, token)).json).not.toHaveProperty('sub');
  const info = await fetch(`${server.url}/oidc/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(info.status).toBe(401);
  await server.app
    .db('services')
    .where({ client_id: 'revenue-batch' })
    .update({ state: 'suspended' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await introspect(server, lands, token)).json).toEqual({ active: false });
  await server.app.db('services').where({ client_id: 'revenue-batch' }).update({ state: 'active' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
});

it.each([
  ['no resource', { scope: 'registry:count' }, 'invalid_target', 'identifier of one resource'],
  ['no scope', { resource: TITLES }, 'invalid_scope', 'name at least one scope of'],
  [
    'a scope that a person must agree to',
    { resource: TITLES, scope: 'titles:read' },
    'invalid_scope',
    'offers without a person: registry:count',
  ],
  [
    'a scope of OpenID Connect',
    { resource: TITLES, scope: 'openid registry:count' },
    'invalid_scope',
    'openid is not among',
  ],
  [
    'a resource that nobody knows',
    { resource: 'https://nobody.example/', scope: 'registry:count' },
    'invalid_target',
    'https://nobody.example/ is no resource',
  ],
])('refuses %s with a sentence', async (_what, fields, error, said) => {
  const { status, body } = await ask(fields);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error, error_description: expect.stringContaining(said) });
});

it('refuses a service that is not registered for the grant', async () => {
  const { status, body } = await ask({ resource: TITLES, scope: 'registry:count' }, lands);
  expect(status).toBe(400);
  expect(body.error).toBe('invalid_request');
});
