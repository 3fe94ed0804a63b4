import * as openid from 'openid-client';
import { expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';

it('signs a new person in at a service, with a code, PKCE, nonce and state', async () => {
  const server = await startTestServer();
  const party = await relyingParty(server);
  const walker = newWalker(server.url);
  const request = await authorizationRequest(party, { acr_values: 'urn:tangchat:acr:ial0:aal2' });
  const asked = await follow(walker, request.path);
  if (asked.at !== 'page') throw new Error('no page');
  expect(asked.answer.text).toContain('Sign in to Condominium register');
  expect(asked.answer.text).toContain(`/create?return_to=${encodeURIComponent(asked.path)}`);

  const anna = await signUp(server, { email: 'anna@example.org' });
  const cookieBefore = walker.cookies.get('tangchat_oidc');
  await signIn(walker, anna.device, { returnTo: asked.path });
  const consent = await follow(walker, asked.path);
  if (consent.at !== 'page') throw new Error('no consent');
  expect(consent.answer.text).toContain('Department of Lands will receive');
  expect(consent.answer.text).toContain('To enter you as the owner');

  // Who had put a session into this browser does not share the signed-in one.
  expect(walker.cookies.get('tangchat_oidc')).not.toBe(cookieBefore);
  const back = await agree(walker, consent);
  if (back.at !== 'service') throw new Error('not back');
  const tokens = await openid.authorizationCodeGrant(party.config, back.url, request.checks);
  const claims = tokens.claims()!;
  expect(claims).toMatchObject({
    acr: 'urn:tangchat:acr:ial0:aal2',
    ial: 0,
    aal: 2,
    fal: 2,
    amr: ['pop', 'user', 'mfa'],
  });
  expect(claims.sub).not.toBe(anna.accountId);
  const info = await openid.fetchUserInfo(party.config, tokens.access_token, claims.sub);
  expect(info.name).toBeUndefined();
});

it('signs in again without a touch and without asking again, at another agency with another sub', async () => {
  const server = await startTestServer();
  const lands = await relyingParty(server);
  const revenue = await relyingParty(server, {
    client_id: 'revenue-tax',
    agency: { code: 'revenue', name: 'Revenue Department', 'name#th': 'กรมสรรพากร' },
    claims: [],
  });
  const { walker } = await signUp(server, { email: 'mai@example.org' });
  const first = await signInAt(walker, lands);
  const again = await authorizationRequest(lands);
  expect((await follow(walker, again.path)).at).toBe('service');
  const second = await signInAt(walker, revenue, { scope: 'openid' });
  expect(second.claims.sub).not.toBe(first.claims.sub);
  const third = await signInAt(walker, lands);
  expect(third.claims.sub).toBe(first.claims.sub);
});

it('refreshes, introspects and revokes', async () => {
  const server = await startTestServer();
  const party = await relyingParty(server);
  const { walker } = await signUp(server, { email: 'mai@example.org' });
  const { tokens, claims } = await signInAt(walker, party);
  const fresh = await openid.refreshTokenGrant(party.config, tokens.refresh_token!);
  expect(fresh.claims()).toMatchObject({ sub: claims.sub, auth_time: claims.auth_time, aal: 2 });
  const alive = await openid.tokenIntrospection(party.config, fresh.access_token);
  expect(alive).toMatchObject({ active: true, sub: claims.sub, client_id: party.clientId });
  await openid.tokenRevocation(party.config, tokens.refresh_token!);
  const dead = await openid.tokenIntrospection(party.config, fresh.access_token);
  expect(dead).toEqual({ active: false });
  await expect(
    openid.fetchUserInfo(party.config, fresh.access_token, claims.sub),
  ).rejects.toThrow();
});

it('takes a pushed request once', async () => {
  const server = await startTestServer();
  const party = await relyingParty(server);
  const { walker } = await signUp(server, { email: 'mai@example.org' });
  await signInAt(walker, party);
  const verifier = openid.randomPKCECodeVerifier();
  const pushed = await openid.buildAuthorizationUrlWithPAR(party.config, {
    redirect_uri: 'http://127.0.0.1:4002/callback',
    scope: 'openid',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const path = `${pushed.pathname}${pushed.search}`;
  const first = await follow(walker, path);
  expect(first.at === 'service' && first.url.searchParams.has('code')).toBe(true);
  const second = await follow(walker, path);
  expect(second.at === 'page' && second.answer.status).toBe(400);
});

it('takes a posted request, and whoever is signed in stays so', async () => {
  const server = await startTestServer();
  const party = await relyingParty(server);
  const { walker } = await signUp(server, { email: 'mai@example.org' });
  await signInAt(walker, party);
  const request = await authorizationRequest(party);
  const query = request.path.slice(request.path.indexOf('?') + 1);
  // From another site: no cookie comes along.
  const posted = await newWalker(server.url).post(
    '/oidc/auth',
    Object.fromEntries(new URLSearchParams(query)),
  );
  expect(posted.status).toBe(303);
  const back = await follow(walker, posted.location!);
  expect(back.at === 'service' && back.url.searchParams.has('code')).toBe(true);
});
