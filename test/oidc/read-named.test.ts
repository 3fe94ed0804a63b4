import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import { relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/* A body is looked into before the library reads it, however it arrives. */

let server: TestServer;
let party: RelyingParty;
let refreshToken: string;

beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  const { walker } = await signUp(server, { email: 'anna@example.org' });
  refreshToken = (await signInAt(walker, party)).tokens.refresh_token!;
});

const form = () =>
  new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString();

/** Writes the parts with a pause between them, and gives the first line of the answer; null where the server hangs up. */
async function post(headers: string[], parts: readonly string[]): Promise<string | null> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const answered = new Promise<string | null>((resolve) => {
    socket.once('data', (bytes) => resolve(bytes.toString('latin1').split('\r\n')[0]!));
    socket.once('close', () => resolve(null));
  });
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const head = [
    'POST /oidc/token HTTP/1.1',
    'host: localhost',
    `authorization: Basic ${basic}`,
    'content-type: application/x-www-form-urlencoded',
    ...headers,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  for (const part of parts) {
    await sleep(30);
    socket.write(part);
  }
  const first = await answered;
  socket.destroy();
  return first;
}

it('takes a body that comes in pieces, octet by octet too', async () => {
  const body = form();
  const length = `content-length: ${body.length}`;
  const half = Math.floor(body.length / 2);
  expect(await post([length], [body.slice(0, half), body.slice(half)])).toBe('HTTP/1.1 200 OK');
  const octets = Array.from(body.slice(0, 9));
  expect(await post([length], [...octets, body.slice(9)])).toBe('HTTP/1.1 200 OK');
  const long = `${body}&state=${'x'.repeat(50_000)}`;
  const parts = [long.slice(0, 30_000), long.slice(30_000)];
  expect(await post([`content-length: ${long.length}`], parts)).toBe('HTTP/1.1 200 OK');
});

it('takes a body in chunks, whose length nobody said', async () => {
  const body = form();
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const parts = [chunk(body.slice(0, 20)), chunk(body.slice(20)), '0\r\n\r\n'];
  expect(await post(['transfer-encoding: chunked'], parts)).toBe('HTTP/1.1 200 OK');
});

it.each([
  ['longer than any', ['content-length: 70000'], ['x'.repeat(70_000)]],
  ['empty', ['content-length: 0'], []],
  ['no form', ['content-length: 8'], ['%%%&&&==']],
])('refuses a body that is %s', async (_what, headers, parts) => {
  expect(await post(headers, parts)).toBe('HTTP/1.1 400 Bad Request');
});

it('goes on where a sender goes away in the middle of its body', async () => {
  const { hostname, port } = new URL(server.url);
  for (const sent of ['', 'grant_type=refresh']) {
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /oidc/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\n${sent}`,
    );
    await sleep(50);
    socket.destroy();
  }
  const body = form();
  expect(await post([`content-length: ${body.length}`], [body])).toBe('HTTP/1.1 200 OK');
});

it('tells of a token that nobody knows what it would have told', async () => {
  const unknown = 'x'.repeat(43);
  const answers = await Promise.all([
    fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${unknown}` } }),
    fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: 'Bearer \u00e9' } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 401]);
});
