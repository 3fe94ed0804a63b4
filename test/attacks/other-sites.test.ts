import { request as httpRequest } from 'node:http';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

/* What another site, a proxy that lies or a crafted link can make this one do: nothing. */
let server: TestServer;
let anna: SignedIn;
beforeAll(async () => {
  server = await startTestServer();
  anna = await signUp(server, { email: 'anna@example.org' });
}, 30_000);

/** Anna's browser posts, as another site's page would have it do. */
async function postAs(
  path: string,
  init: { body: RequestInit['body']; headers?: Record<string, string> },
): Promise<number> {
  const cookie = [...anna.walker.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(new URL(path, server.url), {
    method: 'POST',
    body: init.body ?? null,
    headers: { ...init.headers, cookie },
    redirect: 'manual',
  });
  await response.arrayBuffer();
  return response.status;
}

it('refuses a post of any encoding that lacks the token of this browser', async () => {
  const multipart = new FormData();
  multipart.set('email', 'a@example.org');
  const withForeign = new FormData();
  withForeign.set('csrf', 'A'.repeat(43));
  const token = await tokenOf(newWalker(server.url));
  const bodies: { body: RequestInit['body']; headers?: Record<string, string> }[] = [
    { body: new URLSearchParams({ email: 'a@example.org' }) },
    { body: new URLSearchParams({ csrf: '' }) },
    // Well-formed, but of another browser.
    { body: new URLSearchParams({ csrf: token }) },
    { body: multipart },
    { body: withForeign },
    { body: '{"csrf":"x"}', headers: { 'content-type': 'application/json' } },
    { body: '{}', headers: { 'content-type': 'application/json', 'x-csrf-token': token } },
    { body: null },
  ];
  for (const path of ['/create', '/sign-in', '/sign-out', '/freeze', '/passkeys/recovery-code'])
    for (const init of bodies) expect([path, await postAs(path, init)]).toEqual([path, 403]);
  expect((await anna.walker.get('/home')).status).toBe(200);
});

it('refuses a post with our own token where the browser says that another site made it', async () => {
  const csrf = await tokenOf(anna.walker);
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: server.url },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: server.url.replace('localhost', 'localhost.evil.example') },
    { origin: server.url.replace(/:\d+$/, ':1') },
  ])
    expect(await postAs('/freeze', { body: new URLSearchParams({ csrf }), headers })).toBe(403);
  expect((await anna.walker.get('/home')).status).toBe(200);
});

async function tokenOf(walker: SignedIn['walker']): Promise<string> {
  const { text } = await walker.get('/sign-in?again=1');
  return /name="csrf" value="([^"]+)"/.exec(text)![1]!;
}

it('leads nowhere but here, however the address is spelled', async () => {
  const spellings = [
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/x/..//evil.example',
    '/%2e%2e//evil.example',
    '/\u3002/evil.example/../..//evil.example',
    '/\uFF0Fevil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '@evil.example',
    '.evil.example',
    ':80@evil.example',
    'evil.example',
  ];
  for (const spelling of spellings) {
    const asked = encodeURIComponent(spelling);
    const walker = newWalker(server.url);
    await signIn(walker, anna.device, { returnTo: spelling });
    for (const path of ['/sign-in', '/create', '/console/sign-in'])
      expectOwn(spelling, await locationOf(walker, `${path}?return_to=${asked}`));
    const posted = await signIn(newWalker(server.url), anna.device, { returnTo: spelling });
    expectOwn(spelling, posted.headers.get('location'));
  }
});

async function locationOf(walker: SignedIn['walker'], path: string): Promise<string | null> {
  return (await walker.get(path)).headers.get('location');
}

/** As a browser reads the header on our page. */
function expectOwn(spelling: string, location: string | null): void {
  if (location === null) return;
  expect([spelling, new URL(location, server.url).origin]).toEqual([spelling, server.url]);
}

it('believes no header about where it is or who calls', async () => {
  const spoofed = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '1',
    'x-original-url': '/home',
    'x-rewrite-url': '/home',
    'x-http-method-override': 'POST',
    forwarded: 'host=evil.example;proto=https',
  };
  for (const path of ['/', '/home', '/create', '/.well-known/openid-configuration', '/nowhere']) {
    const answer = await getRaw(path, spoofed);
    expect([path, /evil\.example/.test(answer)]).toEqual([path, false]);
  }
});

it('counts calls by the address of the connection, not by what the caller says of it', async () => {
  const path = `/freeze/${'x'.repeat(43)}`;
  for (let count = 0; count < 4; count++)
    await getRaw(path, { 'x-forwarded-for': `10.0.0.${count}`, 'x-real-ip': `10.0.0.${count}` });
  const counters = await server.app.db('rate_limits').whereLike('key', 'freeze:%').select('points');
  expect(counters.map(({ points }) => points as number)).toHaveLength(1);
});

/** `fetch` sets Host by itself. */
function getRaw(path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const call = httpRequest({ hostname, port, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve(
          `${answer.statusCode} ${JSON.stringify(answer.headers)} ${Buffer.concat(chunks).toString()}`,
        ),
      );
    });
    call.on('error', reject);
    call.end();
  });
}

it('is never shown in a frame, kept in a cache or told to other sites', async () => {
  for (const path of [
    '/',
    '/sign-in',
    '/home',
    '/passkeys',
    '/sessions',
    '/nowhere',
    '/freeze/x',
  ]) {
    const { headers } = await anna.walker.get(path);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});
