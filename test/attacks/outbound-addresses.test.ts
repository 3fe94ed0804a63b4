import dns from 'node:dns';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { registration } from '../agencies/registrations.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { ASSERTION_TYPE, keyedParty, postForm, serviceKey, sign } from '../oidc/keyed-party.ts';
import type { KeyedParty } from '../oidc/keyed-party.ts';
import { authorizationRequest, follow, relyingParty } from '../oidc/relying-party.ts';
import { newWalker, signUp } from '../walk.ts';

/*
 * A service tells us addresses: of its keys, its logo, its log-out. None of them may make our server knock at a door
 * inside (loopback, private networks, the cloud's metadata), by number or by a name that leads there. Two sockets
 * listen here, one on all IPv4 addresses of this machine and one on all of IPv6: nobody ever connects.
 */
let server: TestServer;
let port: number;
let connections = 0;
const traps: Server[] = [];

beforeAll(async () => {
  server = await startTestServer();
  const listen = (host: string, at: number) =>
    new Promise<number>((resolve, reject) => {
      const trap = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      traps.push(trap);
      trap.once('error', reject);
      trap.listen({ port: at, host, ipv6Only: true }, () =>
        resolve((trap.address() as AddressInfo).port),
      );
    });
  port = await listen('0.0.0.0', 0);
  // Some machines have no IPv6.
  await listen('::', port).catch(() => 0);
}, 30_000);

afterAll(() => {
  for (const trap of traps) trap.close();
  expect(connections).toBe(0);
});

/** How a service is received that signs with a key which only this address could tell us. */
async function received(target: TestServer, jwksUri: string): Promise<unknown> {
  const party = await keyedParty(target, { jwks_uri: jwksUri });
  return verdict(target, party);
}

async function verdict(target: TestServer, party: KeyedParty): Promise<unknown> {
  const { status, body } = await postForm(`${target.url}/oidc/introspection`, {
    token: 'none',
    client_assertion: await party.assertion(),
    client_assertion_type: ASSERTION_TYPE,
  });
  return status === 200 ? 'accepted' : body.error;
}

const INSIDE = () => [
  `https://127.0.0.1:${port}/jwks`,
  `https://127.8.9.10:${port}/jwks`,
  `https://0.0.0.0:${port}/jwks`,
  `https://localhost:${port}/jwks`,
  `https://localhost.:${port}/jwks`,
  `https://sub.localhost:${port}/jwks`,
  `http://127.0.0.1:${port}/jwks`,
  `http://localhost:${port}/jwks`,
  `https://[::1]:${port}/jwks`,
  `https://[::]:${port}/jwks`,
  `https://[::ffff:7f00:1]:${port}/jwks`,
  `https://[64:ff9b::7f00:1]:${port}/jwks`,
  `https://[2002:7f00:1::]:${port}/jwks`,
  `https://[fe80::1]:${port}/jwks`,
  `https://[fd00::1]:${port}/jwks`,
  'https://10.0.0.1/jwks',
  'https://172.16.0.1/jwks',
  'https://192.168.0.1/jwks',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/jwks',
];

it('asks nobody inside for the keys of a service', async () => {
  for (const jwksUri of INSIDE())
    expect([jwksUri, await received(server, jwksUri)]).toEqual([jwksUri, 'invalid_client']);
  expect(connections).toBe(0);
}, 60_000);

it('registers no other spelling of such an address, and no address of a sector', async () => {
  const faultsOf = async (more: Record<string, unknown>) => {
    const metadata = registration({ client_id: 'never', ...more });
    const added = await transact(server.app.db, (tx) =>
      addService(tx, server.app, { metadata, actor: SYSTEM }),
    );
    return added.ok ? [] : ['refused'];
  };
  for (const odd of [
    `https://2130706433:${port}/`,
    `https://0x7f000001:${port}/`,
    `https://0177.0.0.1:${port}/`,
    `https://127.1:${port}/`,
    `https://127。0。0。1:${port}/`,
    `https://[::ffff:127.0.0.1]:${port}/`,
    `https://user@127.0.0.1:${port}/`,
    `ftp://127.0.0.1:${port}/`,
    `file:///etc/passwd`,
    `gopher://127.0.0.1:${port}/`,
    `//127.0.0.1:${port}/`,
  ])
    for (const name of ['jwks_uri', 'backchannel_logout_uri', 'logo_uri', 'client_uri'])
      expect([name, odd, await faultsOf({ [name]: odd })]).toEqual([name, odd, ['refused']]);
  const sector = `https://127.0.0.1:${port}/sector`;
  expect(await faultsOf({ sector_identifier_uri: sector })).toEqual(['refused']);
  expect(await faultsOf({ request_uris: [sector] })).toEqual(['refused']);
});

describe('a name that leads inside', () => {
  const { lookup } = dns;
  let answers: string[][] = [];
  let lookups: string[] = [];

  beforeEach(() => {
    lookups = [];
    vi.spyOn(dns, 'lookup').mockImplementation(((
      host: string,
      options: dns.LookupAllOptions,
      done: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
    ) => {
      if (!host.endsWith('.rebinding.example')) {
        lookup(host, options, done);
        return;
      }
      lookups.push(host);
      const found = answers[Math.min(lookups.length, answers.length) - 1]!;
      done(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as unknown as typeof dns.lookup);
    syncBuiltinESMExports();
    return () => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    };
  });

  it.each([
    ['loopback', [['127.0.0.1']]],
    ['loopback of IPv6', [['::1']]],
    ['loopback dressed as IPv6', [['::ffff:127.0.0.1']]],
    ['a private network', [['10.1.2.3']]],
    ['the metadata of the cloud', [['169.254.169.254']]],
    ['a public address and loopback besides', [['203.0.114.1', '127.0.0.1']]],
    ['loopback now, a public address the next time', [['127.0.0.1'], ['203.0.114.1']]],
  ])('is not followed to %s, and not asked for twice', async (what, found) => {
    answers = found;
    const name = `${what.toLowerCase().replaceAll(/\W+/g, '-')}.rebinding.example`;
    const party = await keyedParty(server, { jwks_uri: `https://${name}:${port}/jwks` });
    expect(await verdict(server, party)).toBe('invalid_client');
    // The same look-up is the one that would be connected to; and the refusal is remembered a while.
    expect(await verdict(server, party)).toBe('invalid_client');
    expect(lookups).toEqual([name]);
    expect(connections).toBe(0);
  });
});

it('fetches no request from an address, and no logo, policy or log-out of a service', async () => {
  const inside = `http://127.0.0.1:${port}`;
  const party = await relyingParty(server, {
    client_id: 'lands-addresses',
    logo_uri: `${inside}/logo.png`,
    policy_uri: `${inside}/policy`,
    backchannel_logout_uri: `${inside}/logout`,
    initiate_login_uri: `${inside}/login`,
  });
  const { walker } = await signUp(server, { email: 'anna@example.org' });
  const request = await authorizationRequest(party);
  const consent = await follow(walker, request.path);
  if (consent.at !== 'page') throw new Error('no consent');
  expect(consent.answer.text).not.toContain(String(port));
  for (const uri of [`${inside}/request`, 'https://169.254.169.254/', 'urn:evil', 'data:,e30.e30.'])
    for (const walking of [walker, newWalker(server.url)]) {
      const arrival = await follow(
        walking,
        `${request.path}&request_uri=${encodeURIComponent(uri)}`,
      );
      const told = arrival.at === 'service' ? arrival.url.searchParams : new URLSearchParams();
      expect([uri, told.has('code')]).toEqual([uri, false]);
      if (arrival.at === 'service') expect(told.get('error')).toBe('request_uri_not_supported');
      else expect(arrival.answer.status).toBe(400);
    }
  const discovery = await fetch(`${server.url}/.well-known/openid-configuration`);
  expect(await discovery.json()).toMatchObject({ request_uri_parameter_supported: false });
  await walker.post('/sign-out');
  expect(connections).toBe(0);
});

describe('where the sandbox lets services live on this machine', () => {
  let open: TestServer;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let asked = 0;
  let keysAt: string;

  beforeAll(async () => {
    open = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
    const keys = createHttpServer((request, response) => {
      asked += 1;
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => keys.once('listening', resolve));
    keysAt = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
    afterAll(() => keys.close());
  }, 30_000);

  const json = (value: unknown) => (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };

  it('asks for keys once a minute, and knows a new one within that time', async () => {
    const party = await keyedParty(open, { jwks_uri: `${keysAt}/rotating` });
    answer = json({ keys: [party.key.jwk] });
    asked = 0;
    for (let count = 0; count < 5; count++) expect(await verdict(open, party)).toBe('accepted');
    expect(asked).toBe(1);

    const next = await serviceKey();
    answer = json({ keys: [next.jwk] });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.now() + 61_000);
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: party.clientId, sub: party.clientId, aud: open.url };
      const { status } = await postForm(`${open.url}/oidc/introspection`, {
        token: 'none',
        client_assertion: await sign(next, { ...claims, jti: 'new', iat: now, exp: now + 60 }),
        client_assertion_type: ASSERTION_TYPE,
      });
      expect(status).toBe(200);
      // And the one that was taken away counts no longer.
      expect(await verdict(open, party)).toBe('invalid_client');
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<[string, () => typeof answer]>([
    ['too much', () => json({ keys: [], filler: 'x'.repeat(70_000) })],
    ['no JSON', () => json('<html>')],
    ['no keys', () => json({ keys: {} })],
    ['null', () => json('null')],
    [
      'keys that are none',
      () => json({ keys: [null, 1, { kty: 'oct', k: 'AAAA' }, { kty: 'EC' }] }),
    ],
    ['another type', () => (_request, response) => response.end('{"keys":[]}')],
    ['an error', () => (_request, response) => response.writeHead(500).end()],
    ['nothing', () => (request) => request.socket.destroy()],
    [
      'a way inside',
      () => (_request, response) =>
        response.writeHead(302, { location: `http://127.0.0.1:${port}/jwks` }).end(),
    ],
  ])('refuses a service whose address answers %s', async (what, make) => {
    answer = make();
    const path = encodeURIComponent(what);
    expect(await received(open, `${keysAt}/${path}`)).toBe('invalid_client');
    expect(connections).toBe(0);
  });

  it('waits no longer than three seconds for a server that drips', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    };
    const startedAt = performance.now();
    expect(await received(open, `${keysAt}/slow`)).toBe('invalid_client');
    expect(performance.now() - startedAt).toBeLessThan(6000);
  });
});
