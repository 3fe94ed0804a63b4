import * as openid from 'openid-client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { transact } from '../../src/lib/database.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { REVENUE, introspect, protectedApi } from './protected-api.ts';
import { authorize, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;
let revenue: RelyingParty;
let opened = 0;

const MAPS = 'https://api.lands.example/maps';
const scope = 'openid profile titles:read';

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server, { introspection_signed_response_alg: 'ES256' });
  revenue = await relyingParty(server, { client_id: 'revenue-tax', agency: REVENUE });
  await protectedApi(server, {
    resource: MAPS,
    token_format: 'opaque',
    services: ['lands-condo', 'revenue-tax'],
  });
});

/** A person with a token for the resource, which a service of another agency asked. */
async function mapsToken(person: Parameters<typeof enrol>[2] | null = null) {
  opened += 1;
  const signed = await signUp(server, { email: `p${opened}@example.org` });
  const enrolled = person && (await enrol(server, signed.accountId, person));
  const { url, checks } = await authorize(signed.walker, revenue, { scope, resource: MAPS });
  const tokens = await openid.authorizationCodeGrant(revenue.config, url, checks, {
    resource: MAPS,
  });
  return { ...signed, personId: enrolled?.personId ?? null, token: tokens.access_token, tokens };
}

it("tells a resource server of tokens for its resource, with its own agency's sub", async () => {
  const { token, walker } = await mapsToken();
  const own = await signInAt(walker, lands);
  const { json } = await introspect(server, lands, token);
  expect(json).toMatchObject({
    active: true,
    sub: own.claims.sub,
    client_id: 'revenue-tax',
    aud: MAPS,
    scope: 'titles:read',
    acr: 'urn:tangchat:acr:ial0:aal2',
    ial: 0,
    aal: 2,
    auth_time: expect.any(Number),
    token_type: 'Bearer',
  });
  // The service that asked for it sees the same.
  expect((await introspect(server, revenue, token)).json).toEqual(json);
});

it('tells nobody else anything', async () => {
  const { token, tokens, walker } = await mapsToken();
  const other = await relyingParty(server, {
    client_id: 'third-party',
    agency: { code: 'third', name: 'Third', 'name#th': 'สาม' },
  });
  const open = await relyingParty(server, {
    client_id: 'lands-open',
    token_endpoint_auth_method: 'none',
  });
  expect((await introspect(server, other, token)).json).toEqual({ active: false });
  // Another agency's token for userinfo is nobody's business, nor is its refresh token.
  const { tokens: forUserinfo } = await signInAt(walker, revenue);
  for (const value of [forUserinfo.access_token, tokens.refresh_token!])
    expect((await introspect(server, lands, value)).json).toEqual({ active: false });
  // A service without a secret may see its own tokens, not those of its agency's resource.
  const response = await fetch(`${server.url}/oidc/introspection`, {
    method: 'POST',
    body: new URLSearchParams({ token, client_id: open.clientId }),
  });
  expect(await response.json()).toEqual({ active: false });
});

it('says inactive at once after withdrawal, sign-out and suspension', async () => {
  const withdrawn = await mapsToken();
  await transact(server.app.db, (tx) =>
    withdrawConsent(tx, server.app, { accountId: withdrawn.accountId, serviceId: 'revenue-tax' }),
  );
  const left = await mapsToken();
  await left.walker.post('/sign-out');
  const held = await mapsToken(anna);
  expect((await introspect(server, lands, held.token)).json).toMatchObject({ active: true });
  await transact(server.app.db, (tx) =>
    transitionId(tx, server.app, {
      personId: held.personId!,
      to: 'suspended',
      reason: 'suspected_fraud',
      actor: officer,
    }),
  );
  for (const { token } of [withdrawn, left, held])
    expect((await introspect(server, lands, token)).json).toEqual({ active: false });
});

it('says inactive where the resource now demands more than the sign-in had', async () => {
  const { token } = await mapsToken();
  await protectedApi(server, {
    resource: MAPS,
    token_format: 'opaque',
    services: ['lands-condo', 'revenue-tax'],
    minimum_ial: 2,
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await introspect(server, lands, token)).json).toEqual({ active: false });
  await protectedApi(server, {
    resource: MAPS,
    token_format: 'opaque',
    services: ['lands-condo', 'revenue-tax'],
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
});

it('answers by a signed JWT where that is asked (RFC 9701)', async () => {
  const { token } = await mapsToken();
  const accept = 'application/token-introspection+jwt';
  const { text } = await introspect(server, lands, token, accept);
  const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
  const { payload } = await jwtVerify(text, keys, {
    issuer: server.url,
    audience: 'lands-condo',
    typ: 'token-introspection+jwt',
  });
  expect(payload.token_introspection).toMatchObject({ active: true, aud: MAPS });
  expect((await introspect(server, lands, token)).json).toMatchObject({ active: true });
});
