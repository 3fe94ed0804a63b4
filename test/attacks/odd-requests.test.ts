import { connect } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { OFFICER_ROLES } from '../../src/accounts/officer-store.ts';
import { routes } from '../../src/routes.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { Walker } from '../walk.ts';

/*
 * Whatever a stranger, a subscriber or an officer sends: a refusal (4xx) or a page, never a fault of ours (5xx)
 * and never a word about our insides.
 */
let server: TestServer;
let walkers: Walker[];
beforeAll(async () => {
  server = await startTestServer();
  const person = await signUp(server, { email: 'odd@example.org' });
  const officer = await signUpOfficer(server, { name: 'Odd Officer', roles: OFFICER_ROLES });
  walkers = [person.walker, officer.walker];
}, 30_000);

const SOME_ID = '00000000-0000-7000-8000-000000000000';
const INSIDES = /node_modules|at \w+ \(|\.ts:\d|knex|syntax error|invalid input syntax/i;
/** Where pages hold random letters, which spell any four-letter word now and then: tokens, nonces, names of assets, references. */
const RANDOM =
  /(?:value|nonce)="[^"]*"|\/assets\/[\w.-]+|<code>[\w-]+<\/code>|urn:tangchat:request:[\w-]+/g;

function expectRefusal(what: string, answer: { status: number; text: string }): void {
  const words = answer.text.replaceAll(RANDOM, '');
  expect([what, answer.status < 500, INSIDES.exec(words)?.[0]]).toEqual([what, true, undefined]);
}

/** Values that parsers, databases and templates have stumbled over elsewhere. */
const NASTY = [
  '%00',
  '%E0%A4%A',
  '%2e%2e%2f%2e%2e%2fetc',
  '__proto__',
  '%F0%9F%92%A9',
  "'%3b drop table accounts--",
  'a'.repeat(3000),
  `${SOME_ID}%00`,
  SOME_ID,
];

it('answers any path parameter with a page or a refusal', async () => {
  const paths = routes.filter(({ method, path }) => method === 'GET' && path.includes(':'));
  expect(paths.length).toBeGreaterThan(8);
  for (const walker of walkers)
    for (const { path } of paths)
      for (const value of NASTY) {
        const odd = path.replaceAll(/:[A-Za-z]+/g, value);
        expectRefusal(`GET ${odd.slice(0, 80)}`, await walker.get(odd));
      }
}, 60_000);

it('answers a post to any path parameter with a page or a refusal', async () => {
  const posts = routes.filter(
    ({ method, guard, path }) => method === 'POST' && guard.csrf === 'token' && path.includes(':'),
  );
  for (const walker of walkers)
    for (const { path } of posts)
      for (const value of NASTY) {
        const odd = path.replaceAll(/:[A-Za-z]+/g, value);
        expectRefusal(`POST ${odd.slice(0, 80)}`, await walker.post(odd, { decision: 'share' }));
      }
}, 60_000);

const PROVIDER = ['/oidc/auth', '/oidc/sign-out', '/oidc/token', '/oidc/userinfo', '/oidc/request'];

it('answers odd requests to the provider with a page or a refusal', async () => {
  const values = ['%00', 'a%00b', '%E0%A4%A', '__proto__', 'x'.repeat(3000), '%7B%22a%22%3A1%7D'];
  const names = ['client_id', 'redirect_uri', 'scope', 'state', 'claims', 'acr_values', 'max_age'];
  const more = ['prompt', 'id_token_hint', 'code', 'refresh_token', 'request', 'request_uri'];
  const base = { client_id: 'nobody', response_type: 'code', grant_type: 'authorization_code' };
  const [walker] = walkers;
  for (const path of PROVIDER)
    for (const name of [...names, ...more])
      for (const value of values) {
        const query = `${new URLSearchParams(base).toString()}&${name}=${value}`;
        expectRefusal(`GET ${path} ${name}`, await walker!.get(`${path}?${query}`));
        const response = await fetch(new URL(path, server.url), {
          method: 'POST',
          body: query,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          redirect: 'manual',
        });
        const answer = { status: response.status, text: await response.text() };
        expectRefusal(`POST ${path} ${name}=${value.slice(0, 20)}`, answer);
      }
}, 120_000);

it('answers any query with a page or a refusal', async () => {
  const cursors = [
    ['0000-00-00 00:00:00', SOME_ID],
    ['+275760-09-13 00:00', SOME_ID],
    ['2026-01-01 00:00:00 +99', SOME_ID],
    ['99999-01-01 00:00:00', SOME_ID],
    ['2026-02-30 00:00:00+00', SOME_ID],
    ['2026-01-01 24:00:00+00', SOME_ID],
    ['2026-01-01 00:00:00+14:59', SOME_ID],
    ['2026-01-01 00:00:00+00', `${SOME_ID}x`],
  ].map((place) => Buffer.from(JSON.stringify(place)).toString('base64url'));
  const queries = [
    'return_to=a&return_to=b&lang=en&lang=th&again=1&again=1&to=a&to=b&all=1&all=1&after=x&after=y',
    'return_to[a]=b&__proto__[x]=1&constructor=1&to[]=1&after[]=1',
    'return_to=%00&lang=%00&to=%00&after=%00',
    ...['withdrawn', 'changed', 'uid', 'after', 'to'].map((name) => `${name}=a%00b`),
    'return_to=%E0%A4%A&lang=%&to=%&after=%',
    `return_to=/${'%E2%80%AE'.repeat(900)}`,
    ...cursors.map((cursor) => `after=${cursor}`),
  ];
  for (const walker of walkers)
    for (const { path } of routes.filter(({ method }) => method === 'GET'))
      for (const query of queries) {
        const odd = `${path.replaceAll(/:[A-Za-z]+/g, SOME_ID)}?${query}`;
        expectRefusal(`GET ${odd.slice(0, 120)}`, await walker.get(odd));
      }
}, 60_000);

const FIELDS = [
  'email,code,credential,label,consent,decision,version,reason,note,number,to,step,return_to,name',
].flatMap((names) => names.split(','));

const each = (value: string | string[]) =>
  Object.fromEntries(FIELDS.map((name) => [name, value])) as Record<string, string | string[]>;

it('answers any posted form with a page or a refusal', async () => {
  const forms: Record<string, string | string[]>[] = [
    {},
    each(''),
    each(['a', 'b']),
    each('\u0000'),
    each('\u{1F4A9}\uD800\u202E'),
    each('x'.repeat(4000)),
    each('-1'),
    each('9007199254740991'),
    each('1e400'),
    each('{"__proto__":{"a":1}}'),
    { ...each('1'), to: 'suspended', reason: 'suspected_fraud' },
    { ['__proto__']: '1', constructor: '1', toString: '1', 'a[b]': '1' },
  ];
  const posts = routes.filter(
    ({ method, guard, path }) =>
      method === 'POST' && guard.csrf === 'token' && !path.endsWith('sign-out'),
  );
  for (const walker of walkers)
    for (const { path } of posts)
      for (const form of forms) {
        const answer = await walker.post(path.replaceAll(/:[A-Za-z]+/g, SOME_ID), form);
        expectRefusal(`POST ${path} ${JSON.stringify(form).slice(0, 60)}`, answer);
      }
}, 120_000);

it('answers bodies that are not what they say with a refusal', async () => {
  const bodies: [string, string][] = [
    ['application/json', '{'],
    ['application/json', '[]'],
    ['application/json', '['.repeat(20_000)],
    ['application/json', '{"token":{"a":1},"__proto__":{"x":1}}'],
    ['multipart/form-data', 'no boundary'],
    ['multipart/form-data; boundary=x', '--x\r\nnothing'],
    ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data\r\n\r\na\r\n--x--'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="__proto__"; filename="a"\r\n\r\na\r\n--x--\r\n',
    ],
    ['application/x-www-form-urlencoded', '%E0%A4%A=%&&&&=='],
    ['application/x-www-form-urlencoded', 'a=1&'.repeat(15_000)],
    ['text/plain', 'csrf=x'],
    ['application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ];
  for (const { method, path } of routes.filter(({ method }) => method !== 'GET'))
    for (const [type, body] of bodies) {
      const response = await fetch(new URL(path.replaceAll(/:[A-Za-z]+/g, SOME_ID), server.url), {
        method,
        body,
        headers: { 'content-type': type, accept: 'application/json' },
        redirect: 'manual',
      });
      const answer = { status: response.status, text: await response.text() };
      expectRefusal(`${method} ${path} ${type} ${body.slice(0, 40)}`, answer);
      expect([path, body.slice(0, 20), answer.status >= 400]).toEqual([
        path,
        body.slice(0, 20),
        true,
      ]);
    }
}, 60_000);

/** Sends bytes as they are and gives the status line and what follows. */
async function sendRaw(bytes: string): Promise<string> {
  const { port, hostname } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(bytes, 'latin1');
  await new Promise((resolve) => {
    socket.once('close', resolve);
    socket.once('error', resolve);
    setTimeout(() => socket.destroy(), 1500);
  });
  return Buffer.concat(chunks).toString('latin1');
}

it('answers requests that no browser makes without a fault', async () => {
  const end = 'Host: x\r\nConnection: close\r\n\r\n';
  const requests = [
    `GET http://[ HTTP/1.1\r\n${end}`,
    `GET http://evil.example/home HTTP/1.1\r\n${end}`,
    `GET //evil.example/home HTTP/1.1\r\n${end}`,
    `GET /\\evil.example HTTP/1.1\r\n${end}`,
    `OPTIONS * HTTP/1.1\r\n${end}`,
    `TRACE / HTTP/1.1\r\n${end}`,
    `DELETE /home HTTP/1.1\r\n${end}`,
    `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n`,
    `GET /?lang=%ff HTTP/1.1\r\nCookie: tangchat_browser=\xff; =; ;;tangchat_session=%E0%A4%A\r\n${end}`,
    `GET / HTTP/1.1\r\nAccept: ;;;,,,\r\nAccept-Language: ;q=9,,*;q=x\r\n${end}`,
    `POST /create HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`,
    `POST /create HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n${end}aaaaaa`,
    `POST /create HTTP/1.1\r\nContent-Length: -1\r\n${end}`,
    `GET /home HTTP/1.1\r\nX-Forwarded-For: ${'1,'.repeat(2000)}\r\n${end}`,
    `GET /home HTTP/1.1\r\nCookie: ${'a=b; '.repeat(4000)}\r\n${end}`,
  ];
  for (const request of requests) {
    const answer = await sendRaw(request);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
    expectRefusal(request.slice(0, 60), { status, text: answer });
    expect(answer).not.toMatch(/^location: (?:https?:)?\/\/evil/im);
  }
}, 60_000);
