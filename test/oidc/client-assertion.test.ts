import { createHmac, generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto';
import { CompactEncrypt, base64url } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { ASSERTION_TYPE, keyedParty, postForm, serviceKey, sign } from './keyed-party.ts';
import type { KeyedParty } from './keyed-party.ts';
import { relyingParty } from './relying-party.ts';

/*
 * A service that signs who it is (RFC 7523). Whoever has no key of it must not get in by any header, claim or
 * algorithm; what is refused is `invalid_client`, never a fault of ours.
 */
let server: TestServer;
let party: KeyedParty;

beforeAll(async () => {
  server = await startTestServer();
  party = await keyedParty(server);
}, 30_000);

const now = () => Math.floor(Date.now() / 1000);

/** Asks about a token with this assertion: whoever is let in learns that it is none. */
function present(assertion: string, fields: Record<string, string> = {}, to = 'introspection') {
  return postForm(`${server.url}/oidc/${to}`, {
    token: 'none',
    client_assertion: assertion,
    client_assertion_type: ASSERTION_TYPE,
    ...fields,
  });
}

/** How an assertion is received: `accepted`, or the error. */
async function verdict(assertion: string, fields: Record<string, string> = {}): Promise<unknown> {
  const { status, body } = await present(assertion, fields);
  expect(status).toBeLessThan(500);
  return status === 200 ? 'accepted' : body.error;
}

it.each(['ES256', 'PS256', 'RS256', 'EdDSA'] as const)(
  'lets a service in that signs with %s',
  async (alg) => {
    const signer = await keyedParty(server, {}, { alg });
    expect(await verdict(await signer.assertion())).toBe('accepted');
    expect(await openid.tokenIntrospection(signer.config, 'none')).toEqual({ active: false });
  },
);

it('takes our issuer or the token endpoint as its one audience', async () => {
  expect(await verdict(await party.assertion({ aud: `${server.url}/oidc/token` }))).toBe(
    'accepted',
  );
});

describe('an assertion is refused', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['for another server', () => ({ aud: 'https://other.example' })],
    ['for our host under a longer name', () => ({ aud: `${server.url}.evil.example` })],
    ['for a list that holds us alone', () => ({ aud: [server.url] })],
    ['for a list that holds others too', () => ({ aud: [server.url, 'https://other.example'] })],
    ['for nobody', () => ({ aud: undefined })],
    ['of another issuer', () => ({ iss: 'lands-condo' })],
    ['made in the future', () => ({ iat: now() + 60 })],
    ['not valid yet', () => ({ nbf: now() + 60 })],
    ['that has ended', () => ({ iat: now() - 300, exp: now() - 30 })],
    ['without an end', () => ({ exp: undefined })],
    ['that ends in a year', () => ({ exp: now() + 365 * 86_400 })],
    ['that ends in text', () => ({ exp: '9999999999' })],
    ['without a name of its own', () => ({ jti: undefined })],
    ['whose name is no text', () => ({ jti: { a: 1 } })],
    ['with a huge name', () => ({ jti: 'x'.repeat(10_000) })],
    ['made at a time that is none', () => ({ iat: 'now' })],
  ])('%s', async (_what, claims) => {
    expect(await verdict(await party.assertion(claims()))).toBe('invalid_client');
  });

  it('used twice', async () => {
    const assertion = await party.assertion();
    expect(await verdict(assertion)).toBe('accepted');
    expect(await verdict(assertion)).toBe('invalid_client');
    // Nor at another endpoint.
    const revocation = await present(assertion, {}, 'revocation');
    expect(revocation).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('beside a secret, or for a service that has a secret', async () => {
    const assertion = await party.assertion();
    expect(await verdict(assertion, { client_secret: 'x' })).toBe('invalid_request');
    const secretive = await relyingParty(server);
    const other = { iss: secretive.clientId, sub: secretive.clientId };
    expect(await verdict(await party.assertion(other))).toBe('invalid_client');
    const named = await present(await party.assertion(), { client_id: secretive.clientId });
    expect(named.body.error).toBe('invalid_request');
  });
});

describe('the header of an assertion is believed in nothing', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a key of its own (jwk)', { jwk: {} }],
    ['an address of keys (jku)', { jku: 'https://evil.example/jwks' }],
    ['an address of certificates (x5u)', { x5u: 'https://evil.example/x5c' }],
    ['certificates (x5c)', { x5c: ['MIIB'] }],
    ['a kid that is a path', { kid: '../../../../dev/null' }],
    ['a kid that is a statement', { kid: "' union select 'x' --" }],
    ['no kid', { kid: undefined }],
  ])('signed by a stranger with %s', async (_what, header) => {
    const stranger = await serviceKey();
    const claims = { iss: party.clientId, sub: party.clientId, aud: server.url };
    const told = 'jwk' in header ? { jwk: stranger.jwk } : header;
    const assertion = await sign(
      stranger,
      { ...claims, jti: randomUUID(), iat: now(), exp: now() + 60 },
      told,
    );
    expect(await verdict(assertion)).toBe('invalid_client');
  });

  it('a critical field that nobody knows is refused even with the right key', async () => {
    const good = await party.assertion();
    const [, payload] = good.split('.') as [string, string];
    const header = { alg: 'ES256', kid: party.key.jwk.kid, crit: ['x-level'], 'x-level': 3 };
    const input = `${base64url.encode(JSON.stringify(header))}.${payload}`;
    const signature = signBytes('sha256', Buffer.from(input), {
      key: party.key.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    expect(await verdict(`${input}.${base64url.encode(signature)}`)).toBe('invalid_client');
  });

  it('none, a shared secret made of the public key, or another algorithm than the key is for', async () => {
    const [, payload] = (await party.assertion()).split('.') as [string, string];
    const unsigned = (alg: string) =>
      `${base64url.encode(JSON.stringify({ alg, kid: party.key.jwk.kid }))}.${payload}.`;
    for (const alg of ['none', 'None', 'NONE', '', 'HS256', 'ES384', 'PBES2-HS256+A128KW', 'dir'])
      expect([alg, await verdict(unsigned(alg))]).toEqual([alg, 'invalid_client']);

    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      type: 'spki',
      format: 'pem',
    });
    const input = `${base64url.encode(JSON.stringify({ alg: 'HS256' }))}.${payload}`;
    const mac = createHmac('sha256', pem).update(input).digest('base64url');
    expect(await verdict(`${input}.${mac}`)).toBe('invalid_client');
  });

  it('another algorithm than the service registered', async () => {
    const strict = await keyedParty(
      server,
      { token_endpoint_auth_signing_alg: 'PS256' },
      { alg: 'PS256' },
    );
    expect(await verdict(await strict.assertion())).toBe('accepted');
    const asRs256 = { ...strict.key, alg: 'RS256' };
    const claims = { iss: strict.clientId, sub: strict.clientId, aud: server.url };
    const swapped = await sign(asRs256, { ...claims, jti: randomUUID(), exp: now() + 60 });
    expect(await verdict(swapped)).toBe('invalid_client');
  });

  it('encrypted, with compression or a million rounds: nothing is opened', async () => {
    const startedAt = performance.now();
    const bomb = Buffer.alloc(1_000_000, 'a');
    const zipped = await new CompactEncrypt(bomb)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })
      .encrypt(Buffer.alloc(32));
    const slow = `${base64url.encode(
      JSON.stringify({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 - 1, p2s: 'AAAA' }),
    )}.AAAA.AAAA.AAAA.AAAA`;
    for (const jwe of [zipped, slow]) {
      const asked = await present(jwe);
      expect([400, 401]).toContain(asked.status);
      const request = await postForm(`${server.url}/oidc/request`, {
        client_assertion: await party.assertion(),
        client_assertion_type: ASSERTION_TYPE,
        request: jwe,
      });
      expect(request).toMatchObject({ status: 400, body: { error: 'invalid_request_object' } });
    }
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('not one part, two, six, or text that is no token', async () => {
    const [header, payload, signature] = (await party.assertion()).split('.');
    const odd = ['', 'x', `${header}.${payload}`, `${header}.${payload}.${signature}.x.y.z`];
    const more = [`${header}..${signature}`, '..', `e30.e30.e30`, `bnVsbA.bnVsbA.`, '{"a":1}'];
    for (const assertion of [...odd, ...more]) {
      const { status } = await present(assertion);
      expect([assertion.slice(0, 10), status >= 400 && status < 500]).toEqual([
        assertion.slice(0, 10),
        true,
      ]);
    }
  });
});
