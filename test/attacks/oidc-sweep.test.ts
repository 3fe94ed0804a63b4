import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CALLBACK, relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { signUp } from '../walk.ts';
import { NONSENSE, inBatches, spoiled } from './nonsense.ts';

/*
 * A known service and a signed-in person send nonsense in each parameter of each endpoint in turn, all others being
 * good: deep inside, where strangers do not get. Never a fault of ours (5xx).
 */
let server: TestServer;
let party: RelyingParty;
let accessToken: string;
let refreshToken: string;
let metadata: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  const { walker } = await signUp(server, { email: 'sweep@example.org' });
  const { tokens } = await signInAt(walker, party);
  accessToken = tokens.access_token;
  refreshToken = tokens.refresh_token!;
  const discovery = await fetch(`${server.url}/.well-known/openid-configuration`);
  metadata = (await discovery.json()) as Record<string, string>;
}, 30_000);

interface Endpoint {
  path: string;
  form: Record<string, string>;
  /** Parameters that are read besides those of the good form. */
  more: string[];
  headers?: Record<string, string>;
}

function endpoints(): Endpoint[] {
  const basic = `Basic ${Buffer.from(`${party.clientId}:${party.secret}`).toString('base64')}`;
  const headers = { authorization: basic };
  const auth = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];
  const asked = {
    client_id: party.clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'v'.repeat(43),
    code_challenge_method: 'S256',
    state: 's',
    nonce: 'n',
  };
  const asking =
    'claims acr_values max_age prompt id_token_hint login_hint ui_locales claims_locales response_mode request request_uri registration resource authorization_details dpop_jkt display web_message_uri'.split(
      ' ',
    );
  const grants = [
    { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK, code_verifier: 'v' },
    { grant_type: 'refresh_token', refresh_token: refreshToken, scope: 'openid' },
    { grant_type: 'client_credentials', scope: '' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' },
    { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'x' },
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: accessToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'x',
    },
    { grant_type: 'password', username: 'a', password: 'b' },
  ] as Record<string, string>[];
  const named = (name: string) => metadata[name] && new URL(metadata[name]).pathname;
  const asks = ['login_hint', 'login_hint_token', 'binding_message', 'user_code', 'request'];
  return [
    ...grants.map((form) => ({ path: named('token_endpoint')!, form, more: auth, headers })),
    {
      path: named('pushed_authorization_request_endpoint')!,
      form: asked,
      more: [...asking, ...auth],
      headers,
    },
    {
      path: named('introspection_endpoint')!,
      form: { token: accessToken, token_type_hint: 'access_token' },
      more: auth,
      headers,
    },
    {
      path: named('revocation_endpoint')!,
      form: { token: 'x', token_type_hint: 'access_token' },
      more: auth,
      headers,
    },
    {
      path: named('userinfo_endpoint')!,
      form: { scope: 'openid' },
      more: ['access_token'],
      headers: { authorization: `Bearer ${accessToken}` },
    },
    ...[named('device_authorization_endpoint'), named('backchannel_authentication_endpoint')]
      .filter((path) => path !== undefined && path !== '')
      .map((path) => ({
        path: path!,
        form: { client_id: party.clientId, scope: 'openid' },
        more: [...asks, 'claims', 'acr_values', 'requested_expiry', ...auth],
        headers,
      })),
  ];
}

async function send(endpoint: Endpoint, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${endpoint.path}`, {
    method: 'POST',
    body,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...endpoint.headers,
      ...headers,
    },
    redirect: 'manual',
  });
  return { status: response.status, text: await response.text() };
}

const INSIDES = /node_modules|at \w+ \(|\.ts:\d|syntax error|invalid input syntax/i;

it('answers nonsense in any parameter of any endpoint without a fault', async () => {
  const works = endpoints().flatMap((endpoint) =>
    [...Object.keys(endpoint.form), ...endpoint.more].flatMap((name) =>
      NONSENSE.map((value) => async () => {
        const { status, text } = await send(endpoint, spoiled(endpoint.form, name, value));
        const what = `${endpoint.path} ${name}=${value.slice(0, 30)}`;
        expect([what, status < 500, INSIDES.exec(text)?.[0]]).toEqual([what, true, undefined]);
      }),
    ),
  );
  expect(works.length).toBeGreaterThan(1000);
  await inBatches(works);
}, 120_000);

it('answers parameters that are given twice, lists, or prototypes without a fault', async () => {
  const odd = ['%s=a&%s=b', '%s[]=a', '%s[a]=b', '__proto__[%s]=a', '%s=a&%s[]=b', '%s'];
  const works = endpoints().flatMap((endpoint) =>
    [...Object.keys(endpoint.form), 'client_id'].flatMap((name) =>
      odd.map((pattern) => async () => {
        const good = new URLSearchParams(endpoint.form).toString();
        const body = `${good}&${pattern.replaceAll('%s', name)}`;
        const { status } = await send(endpoint, body);
        expect([endpoint.path, pattern, name, status < 500]).toEqual([
          endpoint.path,
          pattern,
          name,
          true,
        ]);
        if (pattern.startsWith('%s=a&') && name in endpoint.form && name !== 'audience')
          expect([endpoint.path, endpoint.form.grant_type, name, status >= 400]).toEqual([
            endpoint.path,
            endpoint.form.grant_type,
            name,
            true,
          ]);
      }),
    ),
  );
  await inBatches(works);
}, 120_000);

it('answers headers, methods and bodies that are not what they should be without a fault', async () => {
  const authorizations = ['', 'Basic', 'Basic %%%', 'Basic OnM=', 'Basic eDo=', 'Bearer', 'DPoP x'];
  const more = [
    'Basic AAAA',
    `Basic ${'A'.repeat(5000)}`,
    'Bearer a b',
    'Negotiate x',
    'Bearer %00',
  ];
  const works = endpoints().flatMap((endpoint) => {
    const good = new URLSearchParams(endpoint.form).toString();
    return [
      ...[...authorizations, ...more].map(
        (authorization) => () => send(endpoint, good, { authorization }),
      ),
      ...['x', 'e30.e30.e30', 'a, b', '"'].map((dpop) => () => send(endpoint, good, { dpop })),
      ...['application/json', 'text/plain', 'multipart/form-data', 'x'].map(
        (type) => () => send(endpoint, good, { 'content-type': type }),
      ),
      () => send(endpoint, `${good}&filler=${'x'.repeat(1_000_000)}`),
      ...['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'].map((method) => async () => {
        const response = await fetch(`${server.url}${endpoint.path}?${good}`, {
          method,
          redirect: 'manual',
        });
        return { status: response.status, text: await response.text() };
      }),
    ].map((call) => async () => {
      const { status, text } = await call();
      expect([endpoint.path, status < 500, INSIDES.exec(text)?.[0]]).toEqual([
        endpoint.path,
        true,
        undefined,
      ]);
    });
  });
  await inBatches(works);
}, 120_000);
