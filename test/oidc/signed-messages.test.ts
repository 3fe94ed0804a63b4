import { createHash } from 'node:crypto';
import { compactDecrypt, createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import {
  ASSERTION_TYPE,
  cryptoKey,
  keyedParty,
  postForm,
  serviceKey,
  sign,
} from './keyed-party.ts';
import type { KeyedParty, ServiceKey } from './keyed-party.ts';
import { CALLBACK, agree, authorizationRequest, follow } from './relying-party.ts';
import type { AuthorizationRequest } from './relying-party.ts';

/* Requests that services sign (RFC 9101), answers that we sign (JARM) and encrypt. */
let server: TestServer;
let walker: Walker;
let party: KeyedParty;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  party = await keyedParty(server);
}, 30_000);

const ourKeys = () => createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));

/** Agrees where asked, and gives what comes in the end: a page, or the service. */
async function walk(path: string) {
  const arrival = await follow(walker, path);
  const asks = arrival.at === 'page' && arrival.path.startsWith('/interaction/');
  return asks ? agree(walker, arrival) : arrival;
}

/** A request whose parameters are in an object signed by the service. */
async function signedRequest(
  by: KeyedParty,
  claims: Record<string, unknown> = {},
  { key = by.key, outside = {} }: { key?: ServiceKey; outside?: Record<string, string> } = {},
): Promise<AuthorizationRequest> {
  const plain = await authorizationRequest(by);
  const asked = Object.fromEntries(new URL(plain.path, server.url).searchParams);
  const now = Math.floor(Date.now() / 1000);
  const request = await sign(key, {
    ...asked,
    iss: by.clientId,
    aud: server.url,
    iat: now,
    exp: now + 60,
    ...claims,
  });
  const query = new URLSearchParams({ client_id: by.clientId, request, ...outside });
  return { path: `/oidc/auth?${query.toString()}`, checks: plain.checks };
}

describe('a request object by value', () => {
  it('signs in, with a certified client', async () => {
    const url = await openid.buildAuthorizationUrlWithJAR(
      party.config,
      {
        redirect_uri: CALLBACK,
        scope: 'openid',
        state: 's',
        nonce: 'n',
        code_challenge: await openid.calculatePKCECodeChallenge('v'.repeat(43)),
        code_challenge_method: 'S256',
      },
      { key: await cryptoKey(party.key), kid: party.key.jwk.kid },
    );
    const back = await walk(`${url.pathname}${url.search}`);
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(party.config, back.url, {
      pkceCodeVerifier: 'v'.repeat(43),
      expectedState: 's',
      expectedNonce: 'n',
    });
    expect(tokens.claims()).toMatchObject({ aud: party.clientId });
  });

  it('counts alone: what stands beside it is not looked at', async () => {
    const request = await signedRequest(
      party,
      {},
      { outside: { scope: 'openid stay', nonce: 'x' } },
    );
    const back = await walk(request.path);
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(party.config, back.url, request.checks);
    expect(tokens.scope).toBe('openid profile nationality');
  });

  it.each<[string, Record<string, unknown>]>([
    ['of another service', { iss: 'lands-condo' }],
    ['for another server', { aud: 'https://other.example' }],
    ['that has ended', { exp: 1 }],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1000) + 300 }],
    ['made in the future', { iat: Math.floor(Date.now() / 1000) + 300 }],
    ['that names another service', { client_id: 'lands-condo' }],
    ['that holds another', { request: 'e30.e30.' }],
    ['that holds an address', { request_uri: 'https://evil.example/' }],
  ])('%s gives no code', async (_what, claims) => {
    const arrival = await walk((await signedRequest(party, claims)).path);
    const told = arrival.at === 'service' ? arrival.url.searchParams : null;
    expect(told?.has('code') ?? false).toBe(false);
    if (arrival.at === 'page') expect(arrival.answer.status).toBe(400);
  });

  it('signed by somebody else, or not at all, gives no code', async () => {
    const stranger = { ...(await serviceKey()) };
    const forged = await signedRequest(party, {}, { key: stranger });
    const good = new URL((await signedRequest(party)).path, server.url).searchParams;
    const [, payload] = good.get('request')!.split('.') as [string, string];
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const query = new URLSearchParams({ client_id: party.clientId, request: none });
    const unsigned = `/oidc/auth?${query.toString()}`;
    for (const path of [forged.path, unsigned]) {
      const arrival = await walk(path);
      const told = arrival.at === 'service' ? arrival.url.searchParams : null;
      expect(told?.has('code') ?? false).toBe(false);
    }
  });

  it('never sends anybody to an address inside it that is not registered', async () => {
    const request = await signedRequest(party, { redirect_uri: 'https://evil.example/' });
    const arrival = await walk(request.path);
    expect(arrival.at === 'page' && arrival.answer.status).toBe(400);
  });

  it('is demanded where the service registered so', async () => {
    const strict = await keyedParty(server, { require_signed_request_object: true });
    const plain = await walk((await authorizationRequest(strict)).path);
    const told = plain.at === 'service' ? plain.url.searchParams : new URLSearchParams();
    expect([told.get('error'), told.get('code')]).toEqual(['invalid_request', null]);
    const signed = await walk((await signedRequest(strict)).path);
    expect(signed.at === 'service' && signed.url.searchParams.has('code')).toBe(true);
  });
});

describe('a pushed request', () => {
  const push = async (by: KeyedParty, fields: Record<string, string>) =>
    postForm(`${server.url}/oidc/request`, {
      client_id: by.clientId,
      client_assertion: await by.assertion(),
      client_assertion_type: ASSERTION_TYPE,
      ...fields,
    });
  const good = () => ({
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
    code_challenge_method: 'S256',
  });

  it('is of no use to another service, changed in nothing, and used once', async () => {
    const thief = await keyedParty(server);
    const pushed = await push(party, good());
    expect(pushed).toMatchObject({ status: 201, body: { expires_in: 60 } });
    const uri = String(pushed.body.request_uri);
    const at = (clientId: string, more = '') =>
      walk(
        `/oidc/auth?${new URLSearchParams({ client_id: clientId, request_uri: uri }).toString()}${more}`,
      );
    const stolen = await at(thief.clientId);
    expect(stolen.at === 'page' && stolen.answer.status).toBe(400);
    const changed = await at(party.clientId, '&scope=openid%20profile&state=mine');
    if (changed.at !== 'service') throw new Error('not back');
    expect(changed.url.searchParams.has('code')).toBe(true);
    expect(changed.url.searchParams.has('state')).toBe(false);
    const again = await at(party.clientId);
    expect(again.at === 'page' && again.answer.status).toBe(400);
  });

  it('is not pushed for another service, with a request_uri, or by a stranger', async () => {
    const other = await keyedParty(server);
    const named = await push(party, { ...good(), client_id: other.clientId });
    expect(named).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const nested = await push(party, {
      ...good(),
      request_uri: 'urn:ietf:params:oauth:request_uri:x',
    });
    expect(nested.status).toBe(400);
    const nobody = await postForm(`${server.url}/oidc/request`, {
      ...good(),
      client_id: party.clientId,
    });
    expect(nobody).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});

describe('an answer', () => {
  it.each(['jwt', 'query.jwt'])('comes signed in the query by response_mode=%s', async (mode) => {
    const signer = await keyedParty(server, { authorization_signed_response_alg: 'ES256' });
    openid.useJwtResponseMode(signer.config);
    const request = await authorizationRequest(signer, { response_mode: mode });
    const back = await walk(request.path);
    if (back.at !== 'service') throw new Error('not back');
    expect([...back.url.searchParams.keys()]).toEqual(['response']);
    const { payload } = await jwtVerify(back.url.searchParams.get('response')!, ourKeys(), {
      issuer: server.url,
      audience: signer.clientId,
      algorithms: ['ES256'],
    });
    expect(payload.exp! * 1000 - Date.now()).toBeLessThanOrEqual(600_000);
    const tokens = await openid.authorizationCodeGrant(signer.config, back.url, request.checks);
    expect(tokens.claims()).toMatchObject({ aal: 2 });
  });

  it('comes by form_post, plain and signed, on a page that its own policy lets post', async () => {
    for (const mode of ['form_post', 'form_post.jwt']) {
      const request = await authorizationRequest(party, { response_mode: mode });
      const page = await walk(request.path);
      if (page.at !== 'page') throw new Error('not a page');
      const { text, status, headers } = page.answer;
      expect(status).toBe(200);
      expect(/<form method="post" action="([^"]+)"/.exec(text)?.[1]).toBe(CALLBACK);
      const fields = Object.fromEntries(
        [...text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
      );
      expect(Object.keys(fields).toSorted()).toEqual(
        mode === 'form_post' ? ['code', 'iss', 'state'] : ['response'],
      );
      const script = /<script>([\s\S]*?)<\/script>/.exec(text)![1]!;
      const hash = createHash('sha256').update(script).digest('base64');
      const policy = headers.get('content-security-policy')!;
      expect(policy).toContain(`'sha256-${hash}'`);
      expect(policy).toMatch(/form-action[^;]*http:\/\/127\.0\.0\.1:\*/);
    }
  });

  it('tells an error in the same clothes', async () => {
    const request = await authorizationRequest(party, { response_mode: 'jwt', prompt: 'none' });
    const back = await follow(newWalker(server.url), request.path);
    if (back.at !== 'service') throw new Error('not back');
    const { payload } = await jwtVerify(back.url.searchParams.get('response')!, ourKeys(), {
      audience: party.clientId,
    });
    expect(payload).toMatchObject({ error: 'login_required', iss: server.url });
  });

  it('comes encrypted for the service: code, ID token, userinfo and introspection', async () => {
    const secret = await serviceKey('ECDH-ES');
    const alg = 'ECDH-ES+A256KW';
    secret.jwk.alg = alg;
    const encrypted = await keyedParty(
      server,
      {
        authorization_encrypted_response_alg: alg,
        authorization_encrypted_response_enc: 'A256GCM',
        id_token_encrypted_response_alg: alg,
        id_token_encrypted_response_enc: 'A256GCM',
        userinfo_signed_response_alg: 'ES256',
        userinfo_encrypted_response_alg: alg,
        userinfo_encrypted_response_enc: 'A128CBC-HS256',
        introspection_signed_response_alg: 'ES256',
        introspection_encrypted_response_alg: alg,
        introspection_encrypted_response_enc: 'A256GCM',
      },
      { keys: [secret] },
    );
    const open = async (jwe: string) => {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, secret.privateKey);
      expect(protectedHeader).toMatchObject({ alg, kid: secret.jwk.kid });
      expect(protectedHeader.zip).toBeUndefined();
      return (await jwtVerify(plaintext, ourKeys(), { issuer: server.url })).payload;
    };
    const request = await authorizationRequest(encrypted, { response_mode: 'jwt' });
    const back = await walk(request.path);
    if (back.at !== 'service') throw new Error('not back');
    const answer = await open(back.url.searchParams.get('response')!);
    const tokens = await postForm(`${server.url}/oidc/token`, {
      grant_type: 'authorization_code',
      code: String(answer.code),
      redirect_uri: CALLBACK,
      code_verifier: request.checks.pkceCodeVerifier,
      client_assertion: await encrypted.assertion(),
      client_assertion_type: ASSERTION_TYPE,
    });
    const { id_token: idToken, access_token: token } = tokens.body as Record<string, string>;
    const claims = await open(idToken!);
    expect(claims).toMatchObject({ aud: encrypted.clientId, aal: 2 });

    const info = await fetch(`${server.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(info.headers.get('content-type')).toContain('application/jwt');
    expect(await open(await info.text())).toMatchObject({
      sub: claims.sub,
      aud: encrypted.clientId,
    });

    const introspected = await fetch(`${server.url}/oidc/introspection`, {
      method: 'POST',
      headers: { accept: 'application/token-introspection+jwt' },
      body: new URLSearchParams({
        token: token!,
        client_assertion: await encrypted.assertion(),
        client_assertion_type: ASSERTION_TYPE,
      }),
    });
    expect(await open(await introspected.text())).toMatchObject({
      token_introspection: { active: true, sub: claims.sub },
    });
  });

  it('comes signed from userinfo where the service wants it so, read by a certified client', async () => {
    const signer = await keyedParty(server, { userinfo_signed_response_alg: 'ES256' });
    const request = await authorizationRequest(signer);
    const back = await walk(request.path);
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(signer.config, back.url, request.checks);
    const { sub } = tokens.claims()!;
    const info = await openid.fetchUserInfo(signer.config, tokens.access_token, sub);
    expect(info).toMatchObject({ sub, iss: server.url, aud: signer.clientId });
  });
});
