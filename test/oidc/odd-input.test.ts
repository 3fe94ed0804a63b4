import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { authorizationRequest, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let party: RelyingParty;
let walker: Walker;

beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
});

it.each([
  ['a parameter twice', '&state=again'],
  ['the service twice', '&client_id=lands-condo'],
  ['an array', '&scope[]=openid'],
  ['a prototype', '&__proto__=x&constructor=y'],
  ['a NUL', '&login_hint=%00&ui_locales=%00'],
  ['bytes that are no text', '&login_hint=%ff%fe'],
  ['a broken escape', '&login_hint=%E0%A4%A'],
  ['much text', `&login_hint=${'x'.repeat(8000)}`],
  ['claims that are no JSON', '&claims={'],
  ['claims of another form', '&claims={"id_token":{"acr":{"values":5}}}'],
  ['claims with null', '&claims={"id_token":{"acr":null,"name":null},"userinfo":{"name":null}}'],
  ['claims of a list', '&claims=[1,2]'],
  ['a deep claim', `&claims=${'{"id_token":'.repeat(60)}1${'}'.repeat(60)}`],
  ['a negative age', '&max_age=-1'],
  ['an age that is none', '&max_age=soon'],
  ['an unknown prompt', '&prompt=dance'],
  ['none with another prompt', '&prompt=none%20login'],
  ['a foreign hint', '&id_token_hint=eyJhbGciOiJub25lIn0.e30.'],
  ['a request object', '&request=eyJhbGciOiJub25lIn0.e30.'],
  ['an address to fetch', '&request_uri=http://169.254.169.254/'],
  ['an acr that is none', '&acr_values=urn:tangchat:acr:ial9:aal9'],
])('answers a request with %s without a fault', async (_what, more) => {
  const request = await authorizationRequest(party);
  const answer = await walker.get(`${request.path}${encodeURI(more).replaceAll('%25', '%')}`);
  expect([303, 400]).toContain(answer.status);
  if (answer.location?.startsWith('/')) {
    const page = await walker.get(answer.location);
    expect(page.status).toBeLessThan(500);
  }
});

it.each([
  ['no body', ''],
  ['no grant', 'grant_type='],
  ['a grant type twice', 'grant_type=refresh_token&grant_type=authorization_code'],
  ['the password grant', 'grant_type=password&username=a&password=b'],
  ['a code of NULs', 'grant_type=authorization_code&code=%00%00&redirect_uri=x'],
  ['a huge code', `grant_type=authorization_code&code=${'x'.repeat(40_000)}&redirect_uri=x`],
  ['a prototype', 'grant_type=__proto__'],
])('answers a token request with %s without a fault', async (_what, body) => {
  const answer = await fetch(`${server.url}/oidc/token`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`lands-condo:${party.secret}`).toString('base64')}`,
    },
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toHaveProperty('error');
});

it.each(['', '%00', '..%2f..%2f', 'a'.repeat(5000), "'; drop table x; --"])(
  'answers an interaction named %j without a fault',
  async (uid) => {
    const answer = await walker.get(`/interaction/${uid}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  },
);
