import * as oauth from 'oauth4webapi';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { issueRegistrationToken } from '../../src/agencies/registration-token.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CIBA, COUNTER, touch, waiting } from '../oidc/ciba.ts';
import { DEVICE, xsrfOf } from '../oidc/device.ts';
import { REVENUE, TITLES, agree, protectedApi } from '../oidc/protected-api.ts';
import { CALLBACK, follow } from '../oidc/relying-party.ts';
import { signUp } from '../walk.ts';
import { LOCAL, discover, oauthParty, signInWith } from './oauth-party.ts';
import { answerPages, plainVisitor } from './plain-visitor.ts';

/* What is no redirect of a browser: devices, approvals, machines, other agencies, registration by program. */
let server: TestServer;
let as: oauth.AuthorizationServer;

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

beforeAll(async () => {
  server = await startTestServer();
  as = await discover(server);
  await oauthParty(server);
});

afterEach(() => {
  vi.useRealTimers();
});

it('signs a device in by a code that is typed elsewhere, without a script', async () => {
  const { client, auth } = await oauthParty(server, {
    ...DEVICE,
    client_id: 'lands-kiosk',
    token_endpoint_auth_method: 'none',
  });
  const begun = await oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(as, client, auth, { scope: 'openid profile' }, LOCAL),
  );
  const poll = async () =>
    oauth.processDeviceCodeResponse(
      as,
      client,
      await oauth.deviceCodeGrantRequest(as, client, auth, begun.device_code, LOCAL),
    );
  await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });

  const { walker } = plainVisitor(server);
  const { pathname } = new URL(begun.verification_uri);
  const typed = await walker.post(pathname, {
    xsrf: xsrfOf(await walker.get(pathname)),
    user_code: begun.user_code,
  });
  const fields = { xsrf: xsrfOf(typed), user_code: begun.user_code, confirm: 'yes' };
  const confirmed = await follow(walker, await walker.post(pathname, fields));
  const done = await answerPages(walker, confirmed, { person: 'batu', ial: 3 });
  expect(done.at === 'page' && done.answer.status).toBe(200);

  // Two polls closer than the interval are told to slow down.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + begun.interval! * 1000 });
  const tokens = await poll();
  const claims = oauth.getValidatedIdTokenClaims(tokens)!;
  expect(claims).toMatchObject({ ial: 3, aal: 2 });
  const response = await oauth.userInfoRequest(as, client, tokens.access_token, LOCAL);
  expect(await oauth.processUserInfoResponse(as, client, claims.sub, response)).toMatchObject({
    name: 'BATU',
  });
});

it('asks a person for approval on their own device (CIBA, poll)', async () => {
  const { client, auth } = await oauthParty(server, COUNTER);
  const person = await signUp(server, { email: 'anna@example.org' });
  const asked = await oauth.processBackchannelAuthenticationResponse(
    as,
    client,
    await oauth.backchannelAuthenticationRequest(
      as,
      client,
      auth,
      { scope: 'openid', login_hint: person.email, binding_message: 'Counter 4' },
      LOCAL,
    ),
  );
  let path: string | undefined;
  await expect
    .poll(async () => ([path] = await waiting(person)), { interval: 25, timeout: 5000 })
    .toHaveLength(1);
  expect((await person.walker.get(path!)).text).toContain('Counter 4');
  await touch(person, path!);
  const tokens = await oauth.processBackchannelAuthenticationGrantResponse(
    as,
    client,
    await oauth.backchannelAuthenticationGrantRequest(as, client, auth, asked.auth_req_id, LOCAL),
  );
  expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ aal: 2, ial: 0 });
});

it('gives a machine a JWT access token that its API checks by our metadata alone', async () => {
  const { client, auth } = await oauthParty(server, {
    client_id: 'revenue-batch',
    agency: REVENUE,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    claims: [],
  });
  await protectedApi(server, { services: ['revenue-batch'] });
  const ask = { scope: 'registry:count', resource: TITLES };
  const tokens = await oauth.processClientCredentialsResponse(
    as,
    client,
    await oauth.clientCredentialsGrantRequest(as, client, auth, ask, LOCAL),
  );
  const called = (token: string) =>
    new Request(TITLES, { headers: { authorization: `Bearer ${token}` } });
  const claims = await oauth.validateJwtAccessToken(as, called(tokens.access_token), TITLES, LOCAL);
  expect(claims).toMatchObject({ client_id: 'revenue-batch', scope: 'registry:count' });
  const elsewhere = 'https://api.lands.example/other';
  await expect(
    oauth.validateJwtAccessToken(as, called(tokens.access_token), elsewhere, LOCAL),
  ).rejects.toThrow();
  const { tokens: person } = await signInWith(
    server,
    await oauthParty(server, {
      client_id: 'lands-plain',
    }),
  );
  await expect(
    oauth.validateJwtAccessToken(as, called(person.access_token), TITLES, LOCAL),
  ).rejects.toThrow();
});

it("exchanges a person's token for one at another agency's API, where an agreement says so", async () => {
  const revenue = await oauthParty(server, {
    client_id: 'revenue-tax',
    agency: REVENUE,
    grant_types: ['authorization_code', EXCHANGE],
  });
  await protectedApi(server, { services: ['revenue-batch'] });
  const { tokens } = await signInWith(server, revenue);
  const { client, auth } = revenue;
  const exchange = async () =>
    oauth.processGenericTokenEndpointResponse(
      as,
      client,
      await oauth.genericTokenEndpointRequest(
        as,
        client,
        auth,
        EXCHANGE,
        {
          subject_token: tokens.access_token,
          subject_token_type: ACCESS_TOKEN,
          resource: TITLES,
          scope: 'titles:read',
        },
        LOCAL,
      ),
    );
  await expect(exchange()).rejects.toMatchObject({ error: 'invalid_target' });
  await agree(server, { service: 'revenue-tax', resource: TITLES, scopes: ['titles:read'] });
  const exchanged = await exchange();
  const request = new Request(TITLES, {
    headers: { authorization: `Bearer ${exchanged.access_token}` },
  });
  const claims = await oauth.validateJwtAccessToken(as, request, TITLES, LOCAL);
  expect(claims).toMatchObject({ act: { sub: 'revenue-tax' }, scope: 'titles:read', ial: 2 });
});

it('registers a service by program, which reads, changes and removes itself (RFC 7591, RFC 7592)', async () => {
  const terms = {
    agency: REVENUE,
    purpose: 'To file your tax return.',
    'purpose#th': 'เพื่อยื่นแบบแสดงรายการภาษี',
    claims: ['name'],
    minimum_ial: 0,
  };
  const issued = await transact(server.app.db, (tx) =>
    issueRegistrationToken(tx, server.app, { terms, actor: SYSTEM }),
  );
  if (!issued.ok) throw new Error(JSON.stringify(issued.faults));
  const metadata = { client_name: 'Tax filing', redirect_uris: [CALLBACK] };
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(as, metadata, {
      initialAccessToken: issued.token,
      ...LOCAL,
    }),
  );
  const auth = oauth.ClientSecretBasic(client.client_secret as string);
  const { claims } = await signInWith(server, { as, client, auth, key: null });
  expect(claims).toMatchObject({ ial: 2, aal: 2 });

  const manage = (method: string, body?: unknown) =>
    fetch(client.registration_client_uri as string, {
      method,
      headers: {
        authorization: `Bearer ${client.registration_access_token as string}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  expect(await (await manage('GET')).json()).toMatchObject({
    client_id: client.client_id,
    ...metadata,
  });
  const changed = { ...metadata, client_id: client.client_id, client_name: 'Tax and refunds' };
  expect(await (await manage('PUT', changed)).json()).toMatchObject({
    client_name: 'Tax and refunds',
  });
  expect((await manage('DELETE')).status).toBe(204);
  expect((await manage('GET')).status).toBe(401);
});

it('tells whose tokens userinfo and an API of ours take (RFC 9728)', async () => {
  const own = `${server.url}/apis/titles`;
  await protectedApi(server, { resource: own });
  for (const resource of [own, as.userinfo_endpoint!]) {
    const identifier = new URL(resource);
    const told = await oauth.processResourceDiscoveryResponse(
      identifier,
      await oauth.resourceDiscoveryRequest(identifier, LOCAL),
    );
    expect(told.authorization_servers).toEqual([server.url]);
  }
});

it('knows the grants by the names that its metadata lists', () => {
  expect(as.grant_types_supported).toEqual(
    expect.arrayContaining([CIBA, EXCHANGE, ...DEVICE.grant_types]),
  );
});
