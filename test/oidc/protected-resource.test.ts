import { beforeAll, expect, it } from 'vitest';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { registration } from '../agencies/registrations.ts';
import { TRANSFER_TYPE } from '../agencies/resource-files.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import { protectedApi } from './protected-api.ts';
import { relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
});

const metadata = (path: string) =>
  fetch(`${server.url}/.well-known/oauth-protected-resource${path}`);
const userinfo = (token?: string) =>
  fetch(`${server.url}/oidc/userinfo`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });

it('says of userinfo who issues its tokens (RFC 9728), where its challenge points to', async () => {
  const answer = await userinfo();
  expect(answer.status).toBe(401);
  const challenge = answer.headers.get('www-authenticate')!;
  const [, address] = /^Bearer .*resource_metadata="([^"]+)"/.exec(challenge)!;
  const document = await fetch(address!);
  expect(document.headers.get('cache-control')).toContain('max-age=300');
  expect(await document.json()).toMatchObject({
    resource: `${server.url}/oidc/userinfo`,
    authorization_servers: [server.url],
    scopes_supported: expect.arrayContaining(['openid', 'profile']),
  });
  const wrong = await userinfo('x'.repeat(43));
  expect(wrong.headers.get('www-authenticate')).toMatch(
    /error="invalid_token".*resource_metadata=/,
  );
});

it('says the same of resources at our own address, and nothing of others', async () => {
  await protectedApi(server, { resource: `${server.url}/exchange/titles` });
  const document = await metadata('/exchange/titles');
  expect(await document.json()).toMatchObject({
    resource: `${server.url}/exchange/titles`,
    scopes_supported: ['titles:read', 'titles:write', 'registry:count'],
    'resource_name#th': 'โฉนดที่ดิน',
  });
  for (const path of ['/nothing', '/https://api.lands.example/titles', '/..%2fhealth'])
    expect((await metadata(path)).status).toBe(404);
});

it('asks for a step-up at userinfo where the service now demands more (RFC 9470)', async () => {
  const { walker } = await signUp(server, { email: 'anna@example.org' });
  const { tokens } = await signInAt(walker, lands);
  expect((await userinfo(tokens.access_token)).status).toBe(200);
  await transact(server.app.db, (tx) =>
    addService(tx, server.app, {
      metadata: registration({ minimum_ial: 2 }),
      actor: SYSTEM,
      replace: true,
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const answer = await userinfo(tokens.access_token);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: 'insufficient_user_authentication' });
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer error="insufficient_user_authentication", error_description="A higher level of assurance is required", acr_values="urn:tangchat:acr:ial2:aal2", resource_metadata="${server.url}/.well-known/oauth-protected-resource/oidc/userinfo"`,
  );
});

it('lists in discovery what is there, types within a second of their registration', async () => {
  const discovery = async (name: string) =>
    (await (await fetch(`${server.url}/.well-known/${name}`)).json()) as Record<string, unknown>;
  const before = await discovery('oauth-authorization-server');
  expect(before).toMatchObject({
    grant_types_supported: expect.arrayContaining([
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ]),
    introspection_endpoint: `${server.url}/oidc/introspection`,
    introspection_signing_alg_values_supported: expect.arrayContaining(['ES256']),
  });
  // RFC 8414 §3.2: a list of nothing is left out.
  expect(before).not.toHaveProperty('authorization_details_types_supported');
  await protectedApi(server, { authorization_details_types: [TRANSFER_TYPE] });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const name of ['oauth-authorization-server', 'openid-configuration'])
    expect((await discovery(name)).authorization_details_types_supported).toEqual([
      'land_transfer',
    ]);
});
