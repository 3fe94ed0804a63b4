import * as openid from 'openid-client';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import {
  ASSERTION_TYPE,
  authorizeByPar,
  dpopProof,
  keyedParty,
  postForm,
  serviceKey,
  sign,
} from './keyed-party.ts';
import type { KeyedParty } from './keyed-party.ts';
import { CALLBACK, authorizationRequest, follow } from './relying-party.ts';

/* FAPI 2.0 Security Profile Final and Message Signing, as a bank's client meets them. */
let server: TestServer;
let walker: Walker;
let security: KeyedParty;
let signing: KeyedParty;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  security = await keyedParty(server, { profile: 'fapi2_security' });
  signing = await keyedParty(server, { profile: 'fapi2_message_signing' });
  openid.useJwtResponseMode(signing.config);
}, 30_000);

const dpopOf = async (party: KeyedParty) =>
  openid.getDPoPHandle(party.config, await openid.randomDPoPKeyPair('ES256'));

it('signs in under the Security Profile: PAR, private_key_jwt, DPoP, iss, a refresh', async () => {
  const dpop = await dpopOf(security);
  const { arrival, checks } = await authorizeByPar(walker, security, { dpop });
  if (arrival.at !== 'service') throw new Error('not back');
  expect(arrival.url.searchParams.get('iss')).toBe(server.url);
  const options = { DPoP: dpop };
  const tokens = await openid.authorizationCodeGrant(
    security.config,
    arrival.url,
    checks,
    {},
    options,
  );
  expect(tokens.token_type).toBe('dpop');
  const claims = tokens.claims()!;
  expect(claims).toMatchObject({ sender_constrained: true, fal: 2 });
  const info = await openid.fetchUserInfo(
    security.config,
    tokens.access_token,
    claims.sub,
    options,
  );
  expect(info).toMatchObject({ sub: claims.sub, sender_constrained: true });
  const fresh = await openid.refreshTokenGrant(security.config, tokens.refresh_token!, {}, options);
  // Known by its own key: no rotation (FAPI 2.0 Security Profile §5.3.2.1).
  expect(fresh.refresh_token).toBe(tokens.refresh_token);
  expect(fresh.claims()).toMatchObject({ sender_constrained: true, aal: 2 });
});

it('signs in under Message Signing: a signed request, pushed, and a signed answer', async () => {
  const dpop = await dpopOf(signing);
  const { arrival, checks } = await authorizeByPar(walker, signing, { dpop, jar: signing.key });
  if (arrival.at !== 'service') throw new Error('not back');
  expect([...arrival.url.searchParams.keys()]).toEqual(['response']);
  const tokens = await openid.authorizationCodeGrant(
    signing.config,
    arrival.url,
    checks,
    {},
    { DPoP: dpop },
  );
  expect(tokens.claims()).toMatchObject({ sender_constrained: true, aal: 2 });
  const introspected = await fetch(`${server.url}/oidc/introspection`, {
    method: 'POST',
    headers: { accept: 'application/token-introspection+jwt' },
    body: new URLSearchParams({
      token: tokens.access_token,
      client_assertion: await signing.assertion(),
      client_assertion_type: ASSERTION_TYPE,
    }),
  });
  expect(introspected.headers.get('content-type')).toContain('application/token-introspection+jwt');
  const [header, body] = (await introspected.text())
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
  expect(header).toMatchObject({ alg: 'ES256', typ: 'token-introspection+jwt' });
  expect(body).toMatchObject({
    iss: server.url,
    aud: signing.clientId,
    token_introspection: { active: true, cnf: { jkt: expect.any(String) as string } },
  });
});

/** A pushed request by hand, with a proof of DPoP unless told otherwise. */
async function push(
  party: KeyedParty,
  more: { fields?: Record<string, string>; assertion?: string; drop?: string[] } = {},
) {
  const fields: Record<string, string> = {
    client_id: party.clientId,
    client_assertion: more.assertion ?? (await party.assertion()),
    client_assertion_type: ASSERTION_TYPE,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    code_challenge: await openid.calculatePKCECodeChallenge('v'.repeat(43)),
    code_challenge_method: 'S256',
    ...more.fields,
  };
  for (const name of more.drop ?? []) delete fields[name];
  return postForm(`${server.url}/oidc/request`, fields);
}

describe('the Security Profile refuses', () => {
  it('a request by the front channel, and sends no code anywhere', async () => {
    const request = await authorizationRequest(security);
    const arrival = await follow(walker, request.path);
    const told = arrival.at === 'service' ? arrival.url.searchParams : new URLSearchParams();
    expect([told.get('error'), told.get('code')]).toEqual(['invalid_request', null]);
  });

  it('a request without PKCE, with PKCE plain, without an address, or with one not registered', async () => {
    expect((await push(security)).status).toBe(201);
    const bare = await push(security, { drop: ['code_challenge', 'code_challenge_method'] });
    const plain = await push(security, { fields: { code_challenge_method: 'plain' } });
    const nowhere = await push(security, { drop: ['redirect_uri'] });
    const elsewhere = await push(security, { fields: { redirect_uri: `${CALLBACK}/..;/x` } });
    for (const answer of [bare, plain, nowhere, elsewhere])
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('an assertion that names anything but our issuer, or signed by RS256', async () => {
    const token = await security.assertion({ aud: `${server.url}/oidc/token` });
    const list = await security.assertion({ aud: [server.url] });
    for (const assertion of [token, list])
      expect((await push(security, { assertion })).body.error).toBe('invalid_client');
    const rsa = await keyedParty(server, { profile: 'fapi2_security' }, { alg: 'RS256' });
    expect((await push(rsa)).body.error).toBe('invalid_client');
    const pss = await keyedParty(server, { profile: 'fapi2_security' }, { alg: 'PS256' });
    expect((await push(pss)).status).toBe(201);
    const ed = await keyedParty(server, { profile: 'fapi2_security' }, { alg: 'EdDSA' });
    expect((await push(ed)).status).toBe(201);
  });

  it('a code without a proof, or with a proof of another key than pushed', async () => {
    const dpop = await dpopOf(security);
    const redeem = async (headers: Record<string, string>) => {
      const { arrival, checks } = await authorizeByPar(walker, security, { dpop });
      if (arrival.at !== 'service') throw new Error('not back');
      const fields = {
        grant_type: 'authorization_code',
        code: arrival.url.searchParams.get('code')!,
        redirect_uri: CALLBACK,
        code_verifier: checks.pkceCodeVerifier,
        client_assertion: await security.assertion(),
        client_assertion_type: ASSERTION_TYPE,
      };
      return postForm(`${server.url}/oidc/token`, fields, headers);
    };
    expect((await redeem({})).body.error).toBe('invalid_grant');
    const target = { htm: 'POST', htu: `${server.url}/oidc/token` };
    const thief = await serviceKey();
    const first = await redeem({ dpop: await dpopProof(thief, target) });
    expect(first).toMatchObject({ status: 400, body: { error: 'use_dpop_nonce' } });
    const nonce = first.headers.get('dpop-nonce')!;
    const second = await redeem({ dpop: await dpopProof(thief, { ...target, nonce }) });
    expect(second.body.error).toBe('invalid_grant');
  });

  it('a code that is older than a minute', async () => {
    const dpop = await dpopOf(security);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { arrival, checks } = await authorizeByPar(walker, security, { dpop });
      if (arrival.at !== 'service') throw new Error('not back');
      vi.setSystemTime(Date.now() + 61_000);
      await expect(
        openid.authorizationCodeGrant(security.config, arrival.url, checks, {}, { DPoP: dpop }),
      ).rejects.toMatchObject({ error: 'invalid_grant' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('Message Signing refuses', () => {
  /** A pushed request object by hand. */
  async function pushObject(claims: Record<string, unknown>, header = {}) {
    const now = Math.floor(Date.now() / 1000);
    const good = {
      iss: signing.clientId,
      aud: server.url,
      nbf: now,
      exp: now + 60,
      client_id: signing.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      response_mode: 'jwt',
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge('v'.repeat(43)),
      code_challenge_method: 'S256',
    };
    const request = await sign(signing.key, { ...good, ...claims }, header);
    return postForm(`${server.url}/oidc/request`, {
      client_id: signing.clientId,
      client_assertion: await signing.assertion(),
      client_assertion_type: ASSERTION_TYPE,
      request,
    });
  }

  it('a request that is not signed', async () => {
    expect(await push(signing)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it.each([
    ['without nbf', { nbf: undefined }],
    ['without exp', { exp: undefined }],
    ['whose window is longer than an hour', { exp: Math.floor(Date.now() / 1000) + 3700 }],
    ['for somebody else', { aud: 'https://other.example' }],
    ['of another service', { iss: 'lands-condo' }],
    ['that names another service', { client_id: 'lands-condo' }],
    ['from the future', { iat: Math.floor(Date.now() / 1000) + 300 }],
  ])('a request object %s', async (_what, claims) => {
    expect(await pushObject({})).toMatchObject({ status: 201 });
    const answer = await pushObject(claims);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe('invalid_request_object');
  });

  it('a request object that hides another, and any answer that is not signed', async () => {
    expect((await pushObject({ request: 'x.y.z' })).body.error).toBe('invalid_request_object');
    expect((await pushObject({ request_uri: 'urn:x' })).body.error).toBe('invalid_request_object');
    for (const response_mode of ['query', 'form_post', 'fragment', 'fragment.jwt', undefined])
      expect([response_mode, (await pushObject({ response_mode })).status]).toEqual([
        response_mode,
        400,
      ]);
  });
});
