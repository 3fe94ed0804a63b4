import * as oauth from 'oauth4webapi';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { LOCAL, discover, oauthParty, signInWith } from './oauth-party.ts';
import type { OAuthParty } from './oauth-party.ts';

/* The standard profile as oauth4webapi meets it, which checks every answer and asks nothing twice. */
let server: TestServer;
let confidential: OAuthParty;
let publicApp: OAuthParty;

beforeAll(async () => {
  server = await startTestServer();
  confidential = await oauthParty(server);
  publicApp = await oauthParty(server, {
    client_id: 'lands-app',
    token_endpoint_auth_method: 'none',
  });
});

const refresh = async ({ as, client, auth }: OAuthParty, token: string) =>
  oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, auth, token, LOCAL),
  );

const userinfo = async ({ as, client }: OAuthParty, token: string, sub: string) =>
  oauth.processUserInfoResponse(
    as,
    client,
    sub,
    await oauth.userInfoRequest(as, client, token, LOCAL),
  );

it('is discovered by OpenID Connect Discovery and by RFC 8414, with the same metadata', async () => {
  const [byOidc, byOAuth] = [await discover(server), await discover(server, 'oauth2')];
  expect(byOAuth).toEqual(byOidc);
  expect(byOidc.issuer).toBe(server.url);
});

it('signs in a confidential service: ID token with a checked signature, userinfo, refresh', async () => {
  const { tokens, claims } = await signInWith(server, confidential);
  expect(claims).toMatchObject({ ial: 2, aal: 2, acr: 'urn:tangchat:acr:ial2:aal2' });
  const info = await userinfo(confidential, tokens.access_token, claims.sub);
  expect(info).toMatchObject({ sub: claims.sub, name: 'Lina May TESTER' });
  const fresh = await refresh(confidential, tokens.refresh_token!);
  expect(oauth.getValidatedIdTokenClaims(fresh)).toMatchObject({ sub: claims.sub, aal: 2 });
  expect(fresh.refresh_token ?? tokens.refresh_token).toBe(tokens.refresh_token);
});

it('has signed its ID tokens with keys that the library finds', async () => {
  const { as, client, auth } = confidential;
  const { tokens } = await signInWith(server, confidential);
  const response = await oauth.refreshTokenGrantRequest(
    as,
    client,
    auth,
    tokens.refresh_token!,
    LOCAL,
  );
  await oauth.processRefreshTokenResponse(as, client, response);
  await oauth.validateApplicationLevelSignature(as, response, LOCAL);
});

it('signs in a public service, whose refresh tokens rotate, and a used one ends the sign-in', async () => {
  const { tokens, claims } = await signInWith(server, publicApp);
  const second = await refresh(publicApp, tokens.refresh_token!);
  expect(second.refresh_token).not.toBe(tokens.refresh_token);
  await expect(refresh(publicApp, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(refresh(publicApp, second.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(userinfo(publicApp, second.access_token, claims.sub)).rejects.toThrow();
});

it('tells by introspection what a token is worth, and revokes it', async () => {
  const { as, client, auth } = confidential;
  const { tokens, claims } = await signInWith(server, confidential);
  const introspect = async (token: string) =>
    oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, auth, token, LOCAL),
    );
  expect(await introspect(tokens.access_token)).toMatchObject({
    active: true,
    client_id: client.client_id,
    sub: claims.sub,
  });
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, auth, tokens.refresh_token!, LOCAL),
  );
  expect(await introspect(tokens.refresh_token!)).toEqual({ active: false });
  await expect(refresh(confidential, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

it('binds tokens of a public service to its key where it proves one', async () => {
  const DPoP = oauth.DPoP(publicApp.client, await oauth.generateKeyPair('ES256'));
  const { tokens, claims } = await signInWith(server, publicApp, { DPoP });
  expect(tokens.token_type).toBe('dpop');
  expect(claims).toMatchObject({ sender_constrained: true });
  const { as, client } = publicApp;
  const response = await oauth.userInfoRequest(as, client, tokens.access_token, { ...LOCAL, DPoP });
  expect(await oauth.processUserInfoResponse(as, client, claims.sub, response)).toMatchObject({
    sub: claims.sub,
  });
  await expect(userinfo(publicApp, tokens.access_token, claims.sub)).rejects.toThrow();
});

it('tells errors that the library can read, with our issuer beside them', async () => {
  const foreign = JSON.stringify({ userinfo: { foreign_national_id: null } });
  for (const [more, error] of [
    [{ prompt: 'none' }, 'login_required'],
    [{ claims: foreign }, 'invalid_request'],
  ] as const)
    await expect(signInWith(server, confidential, { more })).rejects.toMatchObject({
      code: oauth.AUTHORIZATION_RESPONSE_ERROR,
      error,
    });
});
