import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUp } from '../walk.ts';
import {
  CALLBACK,
  authorizationRequest,
  authorize,
  follow,
  relyingParty,
  signInAt,
  tokenRequest,
} from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** The error that a request comes back to the service with. */
async function errorOf(
  scene: Awaited<ReturnType<typeof signedInScene>>,
  parameters: Record<string, string>,
) {
  const request = await authorizationRequest(scene.party, parameters);
  const arrival = await follow(scene.walker, request.path);
  if (arrival.at !== 'service') return arrival;
  // What might have been an implicit answer is told in the fragment.
  const { searchParams, hash } = arrival.url;
  return searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error');
}

let server: TestServer;
let party: RelyingParty;
let anna: Awaited<ReturnType<typeof signedInScene>>;

beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  anna = await signedInScene();
});

let people = 0;

/** Somebody new, signed in, at the one server of this file. */
async function signedInScene() {
  const person = await signUp(server, { email: `anna${++people}@example.org` });
  return { server, party, ...person };
}

it('advertises the code flow alone, S256, pairwise subjects, and every acr', async () => {
  const answer = await fetch(`${server.url}/.well-known/openid-configuration`);
  const metadata = (await answer.json()) as Record<string, unknown>;
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(metadata).toMatchObject({
    issuer: server.url,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256']) as string[],
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    authorization_response_iss_parameter_supported: true,
  });
  expect(metadata.acr_values_supported).toContain('urn:tangchat:acr:ial2:aal2');
  expect(metadata.scopes_supported).not.toContain('offline_access');
  expect(metadata.grant_types_supported).not.toContain('implicit');
  expect(metadata.grant_types_supported).not.toContain('password');
  // No shared-secret algorithm, no unsigned token, no open challenge.
  expect(JSON.stringify(metadata)).not.toMatch(/"HS\d{3}"|"plain"|"dir"|"A\d{3}KW"|PBES2/);
  for (const [name, values] of Object.entries(metadata))
    if (name.endsWith('alg_values_supported'))
      expect([name, ...(values as string[])]).not.toContain('none');
});

it('signs ID tokens with RS256 unless a service registered ES256', async () => {
  const { walker } = anna;
  const algOf = (jwt: string) =>
    (JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()) as { alg: string }).alg;
  const first = await signInAt(walker, party);
  expect(algOf(first.tokens.id_token!)).toBe('RS256');
  const es = await relyingParty(server, {
    client_id: 'lands-es256',
    id_token_signed_response_alg: 'ES256',
  });
  const second = await signInAt(walker, es);
  expect(algOf(second.tokens.id_token!)).toBe('ES256');
  // The same agency, another service: the same person.
  expect(second.claims.sub).toBe(first.claims.sub);
});

describe('a request that is not as it must be', () => {
  it('comes back with an error: PKCE left out or plain, a scope or claim not registered', async () => {
    const scene = anna;
    expect(await errorOf(scene, { code_challenge: '', code_challenge_method: '' })).toBe(
      'invalid_request',
    );
    expect(await errorOf(scene, { code_challenge_method: 'plain' })).toBe('invalid_request');
    expect(await errorOf(scene, { scope: 'openid stay' })).toBe('invalid_scope');
    const claims = JSON.stringify({ userinfo: { foreign_national_id: null } });
    expect(await errorOf(scene, { claims })).toBe('invalid_request');
    expect(await errorOf(scene, { response_type: 'code id_token' })).toBe(
      'unsupported_response_type',
    );
  });

  it.each([
    'http://127.0.0.1:4002/callback/',
    'http://127.0.0.1:4002/callback?x=1',
    'http://127.0.0.1:4002/callback#x',
    'http://127.0.0.1:4002/a/../callback',
    'http://127.0.0.1:4002/%63allback',
    'http://127.0.0.1:4003/callback',
    'http://evil@127.0.0.1:4002/callback',
    'HTTP://127.0.0.1:4002/callback',
    'http://127.0.0.1:4002\\@evil.example/callback',
    'javascript:alert(1)',
    'https://evil.example/callback',
  ])('ends on our own page where redirect_uri is %s', async (redirectUri) => {
    const request = await authorizationRequest(party, { redirect_uri: redirectUri });
    const arrival = await follow(anna.walker, request.path);
    if (arrival.at !== 'page') throw new Error('it redirected');
    expect(arrival.answer.status).toBe(400);
    expect(arrival.answer.text).toContain('redirect_uri');
    expect(arrival.answer.text).toContain('one of the registered redirect_uris');
  });

  it('ends on our own page where the service is unknown', async () => {
    const request = await authorizationRequest(party);
    const stranger = request.path.replace('client_id=lands-condo', 'client_id=nobody');
    const arrival = await follow(anna.walker, stranger);
    expect(arrival.at === 'page' && arrival.answer.status).toBe(400);
  });
});

describe('prompt=none', () => {
  it('never shows a page: it asks for a sign-in, a consent or a level by its error', async () => {
    const scene = await signedInScene();
    expect(
      await errorOf({ ...scene, walker: newWalker(scene.server.url) }, { prompt: 'none' }),
    ).toBe('login_required');
    await signInAt(scene.walker, scene.party, { scope: 'openid' });
    expect(await errorOf(scene, { prompt: 'none' })).toBe('consent_required');
    const ial2 = { scope: 'openid', acr_values: 'urn:tangchat:acr:ial2:aal2' };
    expect(await errorOf(scene, { ...ial2, prompt: 'none' })).toBe('interaction_required');
    expect(await errorOf(scene, { scope: 'openid', prompt: 'none' })).toBeNull();
  });
});

it('tells a service that insists on a level out of reach, and does not loop', async () => {
  const scene = anna;
  const acr = { essential: true, value: 'urn:tangchat:acr:ial3:aal3' };
  const claims = JSON.stringify({ id_token: { acr } });
  expect(await errorOf(scene, { claims })).toBe('unmet_authentication_requirements');
});

describe('a code', () => {
  it('ends with its minute', async () => {
    const { walker } = anna;
    vi.useFakeTimers({ toFake: ['Date'] });
    const { url, checks } = await authorize(walker, party);
    vi.setSystemTime(Date.now() + 61_000);
    await expect(openid.authorizationCodeGrant(party.config, url, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('is worth nothing at another service, without its verifier, or with another address', async () => {
    const { walker } = anna;
    const other = await relyingParty(server, { client_id: 'lands-other' });
    const { url, checks } = await authorize(walker, party);
    const good = {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      redirect_uri: CALLBACK,
      code_verifier: checks.pkceCodeVerifier,
    };
    const { code_verifier: _verifier, ...bare } = good;
    for (const [by, fields] of [
      [other, good],
      [party, bare],
      [party, { ...good, code_verifier: openid.randomPKCECodeVerifier() }],
      [party, { ...good, redirect_uri: `${CALLBACK}/x` }],
    ] as const)
      expect((await tokenRequest(server, by, fields)).body.error).toBe('invalid_grant');
    expect((await tokenRequest(server, party, good)).status).toBe(200);
  });

  it('used again ends what it gave, and leaves a trace', async () => {
    const { walker } = anna;
    const { url, checks } = await authorize(walker, party);
    const tokens = await openid.authorizationCodeGrant(party.config, url, checks);
    const again = await tokenRequest(server, party, {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      redirect_uri: CALLBACK,
      code_verifier: checks.pkceCodeVerifier,
    });
    expect(again).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: expect.stringContaining('consumed') },
    });
    expect(await openid.tokenIntrospection(party.config, tokens.access_token)).toEqual({
      active: false,
    });
    await expect(openid.refreshTokenGrant(party.config, tokens.refresh_token!)).rejects.toThrow();
    const trail = await server.app
      .db('audit_events')
      .where('action', 'oidc.replay_refused')
      .pluck('details');
    expect(trail).toEqual(['{"kind":"AuthorizationCode"}']);
  });
});

it('turns a refresh token of a public service over, and ends everything when the old one comes back', async () => {
  const { walker } = anna;
  const app = await relyingParty(server, {
    client_id: 'lands-app',
    token_endpoint_auth_method: 'none',
  });
  const { tokens } = await signInAt(walker, app);
  const fresh = await openid.refreshTokenGrant(app.config, tokens.refresh_token!);
  expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
  await expect(openid.refreshTokenGrant(app.config, tokens.refresh_token!)).rejects.toThrow();
  await expect(openid.refreshTokenGrant(app.config, fresh.refresh_token!)).rejects.toThrow();
});

it('lets nobody in with a wrong secret, or none', async () => {
  const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
  const wrong = await tokenRequest(server, { ...party, secret: 'wrong' }, fields);
  expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  const none = await tokenRequest(server, { ...party, secret: null }, fields);
  expect(none).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  // What is stored is a digest: knowing it is knowing nothing.
  const [row] = await server.app
    .db('services')
    .where({ client_id: party.clientId })
    .select('secret_digest');
  const digest = (row as { secret_digest: Buffer }).secret_digest.toString('base64url');
  const stolen = await tokenRequest(server, { ...party, secret: digest }, fields);
  expect(stolen.status).toBe(401);
});
