import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CALLBACK, authorizationRequest, relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';

/*
 * A known service and a signed-in person send nonsense in each parameter of each endpoint in turn, all others being
 * good: deep inside, where strangers do not get. Never a fault of ours (5xx).
 */
let server: TestServer;
let walker: Walker;
let party: RelyingParty;
let accessToken: string;
let refreshToken: string;
let idToken: string;
let metadata: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  ({ walker } = await signUp(server, { email: 'sweep@example.org' }));
  const { tokens } = await signInAt(walker, party);
  accessToken = tokens.access_token;
  refreshToken = tokens.refresh_token!;
  idToken = tokens.id_token!;
  const discovery = await fetch(`${server.url}/.well-known/openid-configuration`);
  metadata = (await discovery.json()) as Record<string, string>;
}, 30_000);

/** As they stand in a form or query: escaped already. */
const NONSENSE = [
  '',
  '%00',
  'a%00b',
  '%0d%0aset-cookie:%20a=b',
  '%E0%A4%A',
  '%ff%fe',
  '__proto__',
  'constructor',
  '%7B%7D',
  '%5B%5D',
  'null',
  '%7B%22__proto__%22%3A%7B%22a%22%3A1%7D%7D',
  '%5B%5B%5B%5B%5B%5B%5B%5B%7B%22a%22%3A%5B%7D%5D',
  '-1',
  '1e400',
  '9007199254740993',
  '%F0%9F%92%A9%E2%80%AE',
  "'%3b%20drop%20table%20accounts%3b--",
  '..%2f..%2fetc%2fpasswd',
  'http%3A%2F%2F169.254.169.254%2F',
  'eyJhbGciOiJub25lIn0.e30.',
  'eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiYSJdLCJhIjoxfQ.e30.AAAA',
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIiwiemlwIjoiREVGIn0..AAAA.AAAA.AAAA',
  'x'.repeat(6000),
  '%E0%B8%97'.repeat(700),
];

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

/** The form with one parameter in place of its good value, as it goes over the wire. */
function spoiled(form: Record<string, string>, name: string, value: string): string {
  const { [name]: _good, ...rest } = form;
  const query = new URLSearchParams(rest).toString();
  return `${query}${query === '' ? '' : '&'}${name}=${value}`;
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

/** Runs the works a few at a time. */
async function inBatches(works: (() => Promise<void>)[]): Promise<void> {
  for (let from = 0; from < works.length; from += 12)
    await Promise.all(works.slice(from, from + 12).map((work) => work()));
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

describe('at the authorization and sign-out endpoints', () => {
  it('answers nonsense in any parameter without a fault, on a page or at the service alone', async () => {
    const good = await authorizationRequest(party);
    const form = Object.fromEntries(new URLSearchParams(good.path.slice(good.path.indexOf('?'))));
    const asked = ['claims', 'acr_values', 'max_age', 'prompt', 'id_token_hint', 'response_mode'];
    const more = ['request', 'request_uri', 'authorization_details', 'resource', 'ui_locales'];
    const leaving = { client_id: party.clientId, id_token_hint: idToken, state: 's' };
    const works = [
      { path: '/oidc/auth', form, names: [...Object.keys(form), ...asked, ...more] },
      {
        path: '/oidc/sign-out',
        form: leaving,
        names: [...Object.keys(leaving), 'post_logout_redirect_uri', 'logout_hint'],
      },
    ].flatMap(({ path, form: fields, names }) =>
      names.flatMap((name) =>
        NONSENSE.map((value) => async () => {
          const answer = await walker.get(`${path}?${spoiled(fields, name, value)}`);
          const what = `${path} ${name}=${value.slice(0, 30)}`;
          expect([what, answer.status < 500]).toEqual([what, true]);
          if (answer.location !== null)
            expect([
              what,
              answer.location.startsWith('/') || answer.location.startsWith(CALLBACK),
            ]).toEqual([what, true]);
          expect(answer.headers.getSetCookie().join()).not.toMatch(/(?:^|,)a=b/);
        }),
      ),
    );
    await inBatches(works);
  }, 120_000);

  it('answers nonsense in a path or a cookie without a fault', async () => {
    const paths = ['/oidc/auth/', '/oidc/auth/x/', '/oidc/sign-out/', '/device/', '/interaction/'];
    const works = NONSENSE.flatMap((value) => [
      ...paths.map((path) => () => walker.get(`${path}${value}`)),
      ...['tangchat_oidc', 'tangchat_interaction', 'tangchat_resume', 'tangchat_session'].map(
        (name) => () =>
          fetch(`${server.url}/oidc/auth/x?client_id=y`, {
            headers: { cookie: `${name}=${value}; ${name}.sig=${value}`, accept: 'text/html' },
            redirect: 'manual',
          }),
      ),
    ]).map((call) => async () => {
      expect((await call()).status).toBeLessThan(500);
    });
    await inBatches(works);
  }, 60_000);

  it.each([
    ['a parameter twice', '&state=again'],
    ['the same value twice', '&scope=openid&scope=openid'],
    ['an unknown parameter twice', '&foo=1&foo=1'],
    ['a list', '&scope[]=openid'],
    ['a list with indexes', '&scope[0]=openid'],
    ['an object', '&claims[id_token]=x'],
    ['a prototype', '&__proto__=x'],
    ['a prototype’s part', '&__proto__[x]=1'],
    ['a constructor', '&constructor=1'],
    ['a NUL', '&login_hint=a%00b'],
    ['a NUL in a name', '&login%00hint=a'],
    ['a bell', '&login_hint=%07'],
  ])('refuses a request with %s by a page (400), sending nobody anywhere', async (_what, more) => {
    const request = await authorizationRequest(party);
    const answer = await walker.get(`${request.path}${more}`);
    expect([answer.status, answer.location]).toEqual([400, null]);
    expect(answer.text).toContain('invalid_request');
    const form = new URLSearchParams(request.path.slice(request.path.indexOf('?')));
    const posted = await fetch(`${server.url}/oidc/auth`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      body: `${form.toString()}${more}`,
      redirect: 'manual',
    });
    expect([posted.status, posted.headers.get('location')]).toEqual([400, null]);
  });

  it('refuses a state of a megabyte, posted, pushed or asked for', async () => {
    const request = await authorizationRequest(party);
    const form = new URLSearchParams(request.path.slice(request.path.indexOf('?')));
    form.set('state', 'x'.repeat(1_000_000));
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${server.url}${path}`, { method: 'POST', body: form, headers, redirect: 'manual' });
    const basic = `Basic ${Buffer.from(`${party.clientId}:${party.secret}`).toString('base64')}`;
    expect((await post('/oidc/auth', { accept: 'text/html' })).status).toBe(400);
    expect((await post('/oidc/request', { authorization: basic })).status).toBe(400);
    // Longer than any request line that our server reads (RFC 6585 §5).
    const asked = await fetch(`${server.url}/oidc/auth?${form.toString()}`).catch(() => null);
    expect(asked?.status ?? 431).toBe(431);
    // And what fits in a post, but in no request line, is refused before it is sent there.
    form.set('state', 'x'.repeat(30_000));
    expect((await post('/oidc/auth', { accept: 'text/html' })).status).toBe(400);
  });
});
