import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { CALLBACK, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/* What pages of other origins may do by script (CORS): the browser shows them only answers that name their origin. */
let server: TestServer;
let walker: Walker;
let app: RelyingParty;
let confidential: RelyingParty;

const OWN = new URL(CALLBACK).origin;
const FOREIGN = 'https://evil.example';

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  app = await relyingParty(server, {
    client_id: 'lands-spa',
    token_endpoint_auth_method: 'none',
    redirect_uris: [CALLBACK, 'http://127.0.0.1:4002/silent'],
  });
  confidential = await relyingParty(server);
});

/** A call from a page: the origin that the answer is shown to, or null; and what it says. */
async function call(path: string, origin: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  headers.set('origin', origin);
  const response = await fetch(`${server.url}${path}`, { ...init, headers });
  const text = await response.text();
  // Nobody's cookies, ever.
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  return {
    status: response.status,
    shownTo: response.headers.get('access-control-allow-origin'),
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

const refresh = (party: RelyingParty, token: string, origin: string) =>
  call('/oidc/token', origin, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      ...(party.secret === null ? { client_id: party.clientId } : {}),
    }),
    headers:
      party.secret === null
        ? {}
        : { authorization: `Basic ${btoa(`${party.clientId}:${party.secret}`)}` },
  });

const userinfo = (token: string, origin: string) =>
  call('/oidc/userinfo', origin, { headers: { authorization: `Bearer ${token}` } });

it('gives tokens of a public service to pages of its own origin', async () => {
  const { tokens } = await signInAt(walker, app);
  const preflight = await call('/oidc/token', OWN, {
    method: 'OPTIONS',
    headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'dpop' },
  });
  expect(preflight).toMatchObject({ status: 204, shownTo: OWN });
  const answer = await refresh(app, tokens.refresh_token!, OWN);
  expect(answer).toMatchObject({ status: 200, shownTo: OWN });
});

it.each([
  FOREIGN,
  'null',
  'http://127.0.0.1:4003',
  'https://127.0.0.1:4002',
  `${OWN}.evil.example`,
])('gives nothing to pages of %s, and uses nothing up', async (origin) => {
  const { tokens } = await signInAt(walker, app);
  const refused = await refresh(app, tokens.refresh_token!, origin);
  expect(refused).toMatchObject({ status: 400, shownTo: null, body: { error: 'invalid_request' } });
  expect(refused.body).not.toHaveProperty('access_token');
  expect((await userinfo(tokens.access_token, origin)).shownTo).toBeNull();
  expect((await refresh(app, tokens.refresh_token!, OWN)).status).toBe(200);
});

it('gives tokens of a confidential service to no page at all, userinfo to its own', async () => {
  const { tokens } = await signInAt(walker, confidential);
  const refused = await refresh(confidential, tokens.refresh_token!, OWN);
  expect(refused).toMatchObject({ status: 400, shownTo: null });
  expect(await userinfo(tokens.access_token, OWN)).toMatchObject({ status: 200, shownTo: OWN });
  expect((await userinfo(tokens.access_token, FOREIGN)).shownTo).toBeNull();
});
