import { createHash } from 'node:crypto';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import {
  ASSERTION_TYPE,
  cryptoKey,
  keyedParty,
  postForm,
  serviceKey,
  sign,
  walkToEnd,
} from './keyed-party.ts';
import type { KeyedParty, ServiceKey } from './keyed-party.ts';
import { CALLBACK, authorizationRequest } from './relying-party.ts';
import type { AuthorizationRequest } from './relying-party.ts';

/* Requests that services sign (RFC 9101) and push (RFC 9126). */
let server: TestServer;
let walker: Walker;
let party: KeyedParty;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  party = await keyedParty(server);
}, 30_000);

const walk = (path: string) => walkToEnd(walker, path);

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
