import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { transact } from '../../src/lib/database.ts';
import { signUp } from '../walk.ts';
import {
  ACCESS_TOKEN,
  EXCHANGE,
  LEDGER,
  PERMITS,
  agenciesWithAgreements,
} from './exchange-parties.ts';
import type { Agencies } from './exchange-parties.ts';
import {
  REVENUE,
  TITLES,
  agree,
  introspect,
  protectedApi,
  verifyAccessToken,
} from './protected-api.ts';
import { authorize, relyingParty, signInAt } from './relying-party.ts';

let all: Agencies;

beforeAll(async () => {
  all = await agenciesWithAgreements();
});

it("turns the user's token into one for the other agency's resource, which names who acts", async () => {
  const { status, body } = await all.exchange();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    scope: 'titles:read',
  });
  expect(body).not.toHaveProperty('refresh_token');
  expect(body.expires_in).toBeLessThanOrEqual(300);
  const { payload } = await verifyAccessToken(all.server, String(body.access_token), TITLES);
  expect(payload).toMatchObject({
    sub: all.landsSub,
    client_id: 'revenue-tax',
    act: { sub: 'revenue-tax' },
    aud: TITLES,
    scope: 'titles:read',
    ial: 2,
    aal: 2,
    auth_time: expect.any(Number),
  });
  expect(payload).not.toHaveProperty('name');
  const [event] = await all.server.app
    .db('audit_events')
    .where({ action: 'oidc.token_exchanged' })
    .select('actor_id', 'subject_id', 'details');
  expect(event).toMatchObject({ actor_id: 'revenue-tax', subject_id: all.person.accountId });
  expect(JSON.stringify(event.details)).toContain('law');
});

it('ends with the consent and session that it comes from', async () => {
  const { walker, accountId } = await signUp(all.server, { email: 'mai@example.org' });
  const { tokens } = await signInAt(walker, all.revenue);
  const exchanged = await all.exchange({ subject_token: tokens.access_token, resource: LEDGER });
  const token = String(exchanged.body.access_token);
  const { json } = await introspect(all.server, all.lands, token);
  expect(json).toMatchObject({
    active: true,
    client_id: 'revenue-tax',
    act: { sub: 'revenue-tax' },
    aud: LEDGER,
    ial: 0,
  });
  await transact(all.server.app.db, (tx) =>
    withdrawConsent(tx, all.server.app, { accountId, serviceId: 'revenue-tax' }),
  );
  expect((await introspect(all.server, all.lands, token)).json).toEqual({ active: false });
  const after = await all.exchange({ subject_token: tokens.access_token });
  expect(after).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});

it('passes on once more, with the chain of those who act, and not without end', async () => {
  const first = await all.exchange({ resource: LEDGER });
  // The Department of Lands got it with a call, and calls on.
  const second = await all.exchange(
    { subject_token: String(first.body.access_token), resource: PERMITS },
    all.lands,
  );
  expect(second.status).toBe(200);
  const { payload } = await verifyAccessToken(
    all.server,
    String(second.body.access_token),
    PERMITS,
  );
  expect(payload).toMatchObject({
    client_id: 'lands-condo',
    act: { sub: 'lands-condo', act: { sub: 'revenue-tax' } },
  });
  let token = String(first.body.access_token);
  for (const expected of [200, 200, 400]) {
    const next = await all.exchange({ subject_token: token, resource: LEDGER });
    expect(next.status).toBe(expected);
    if (expected === 400)
      expect(next.body.error_description).toContain('fewer than 3 services have exchanged');
    token = String(next.body.access_token);
  }
});

it('needs the consent of the person where that is the basis', async () => {
  const resource = await protectedApi(all.server, {
    resource: 'https://api.lands.example/private',
    services: ['labour-permits'],
  });
  await agree(all.server, {
    service: 'labour-permits',
    resource,
    scopes: ['titles:read'],
    legal_basis: 'consent',
    legal_reference: undefined,
  });
  const { tokens } = await signInAt(all.person.walker, all.labour);
  const asked = { subject_token: tokens.access_token, resource };
  const before = await all.exchange(asked, all.labour);
  expect(before).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_scope',
      error_description: expect.stringContaining('have them agree at labour-permits'),
    },
  });
  await authorize(all.person.walker, all.labour, { scope: 'openid titles:read', resource });
  const after = await all.exchange(asked, all.labour);
  expect(after.status).toBe(200);
});

it('gives no level that the resource does not accept, and no longer life than what went in', async () => {
  const resource = await protectedApi(all.server, {
    resource: 'https://api.lands.example/strict',
    services: [],
    minimum_ial: 3,
    token_seconds: 600,
  });
  await agree(all.server, { service: 'revenue-tax', resource, scopes: ['titles:read'] });
  const refused = await all.exchange({ resource });
  expect(refused).toMatchObject({
    status: 400,
    body: {
      error: 'invalid_target',
      error_description: expect.stringContaining('acr_values=urn:tangchat:acr:ial3:aal2'),
    },
  });
  await protectedApi(all.server, { resource, services: [], token_seconds: 600 });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const given = await all.exchange({ resource });
  expect(given.body.expires_in).toBeLessThanOrEqual(300);
});

it("binds what comes out to the calling service's own key (RFC 9449)", async () => {
  const { server } = all;
  const bound = await relyingParty(server, {
    client_id: 'revenue-bound',
    agency: REVENUE,
    grant_types: ['authorization_code', EXCHANGE, 'client_credentials'],
    dpop_bound_access_tokens: true,
  });
  await agree(server, { service: 'revenue-bound', resource: LEDGER, scopes: ['titles:read'] });
  const DPoP = openid.getDPoPHandle(bound.config, await openid.randomDPoPKeyPair('ES256'));
  const { url, checks } = await authorize(all.person.walker, bound);
  const { access_token } = await openid.authorizationCodeGrant(
    bound.config,
    url,
    checks,
    undefined,
    {
      DPoP,
    },
  );
  const asked = {
    subject_token: access_token,
    subject_token_type: ACCESS_TOKEN,
    resource: LEDGER,
    scope: 'titles:read',
  };
  const given = await openid.genericGrantRequest(bound.config, EXCHANGE, asked, { DPoP });
  expect(given.token_type).toBe('dpop');
  const { json } = await introspect(server, all.lands, given.access_token);
  expect(json).toMatchObject({
    active: true,
    token_type: 'DPoP',
    cnf: { jkt: await DPoP.calculateThumbprint() },
  });
  const without = await all.exchange(asked, bound);
  expect(without).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  // A JWT says it too.
  await protectedApi(server, { services: ['revenue-bound'] });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const alone = await openid.clientCredentialsGrant(
    bound.config,
    { resource: TITLES, scope: 'registry:count' },
    { DPoP },
  );
  const { payload } = await verifyAccessToken(server, alone.access_token, TITLES);
  expect(payload.cnf).toEqual({ jkt: await DPoP.calculateThumbprint() });
});
