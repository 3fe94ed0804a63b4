import * as oauth from 'oauth4webapi';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { CALLBACK } from '../oidc/relying-party.ts';
import { LOCAL, newRequest, oauthParty, withNonce } from './oauth-party.ts';
import type { OAuthParty } from './oauth-party.ts';
import { plainVisitor } from './plain-visitor.ts';

/* FAPI 2.0 as oauth4webapi meets it: its code follows the library's own example (examples/fapi2*.ts). */
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

const dpopOf = async ({ client }: OAuthParty) =>
  oauth.DPoP(client, await oauth.generateKeyPair('ES256'));

/** Pushes the request and visits; gives the answer as it came, unchecked. */
async function pushAndVisit(
  party: OAuthParty,
  DPoP: oauth.DPoPHandle,
  request: Awaited<ReturnType<typeof newRequest>>,
) {
  const { as, client, auth, key } = party;
  const isSigned = client.authorization_signed_response_alg !== undefined;
  const pushed = isSigned
    ? { request: await oauth.issueRequestObject(as, client, request.parameters, key!) }
    : request.parameters;
  const par = await withNonce(
    () => oauth.pushedAuthorizationRequest(as, client, auth, pushed, { ...LOCAL, DPoP }),
    (response) => oauth.processPushedAuthorizationResponse(as, client, response),
  );
  expect(par.expires_in).toBeLessThanOrEqual(60);
  const address = new URL(as.authorization_endpoint!);
  address.searchParams.set('client_id', client.client_id);
  address.searchParams.set('request_uri', par.request_uri);
  const visitor = plainVisitor(server);
  return { back: await visitor.visit(address), address, visitor };
}

async function redeem(
  party: OAuthParty,
  DPoP: oauth.DPoPHandle,
  back: { answer: URLSearchParams; verifier: string; nonce: string },
) {
  const { as, client, auth } = party;
  return withNonce(
    () =>
      oauth.authorizationCodeGrantRequest(as, client, auth, back.answer, CALLBACK, back.verifier, {
        ...LOCAL,
        DPoP,
      }),
    (response) =>
      oauth.processAuthorizationCodeResponse(as, client, response, {
        expectedNonce: back.nonce,
        requireIdToken: true,
      }),
  );
}

describe('the Security Profile', () => {
  let party: OAuthParty;
  beforeAll(async () => {
    party = await oauthParty(server, { client_id: 'lands-bank', profile: 'fapi2_security' });
  });

  it('signs in: PAR, private_key_jwt, DPoP with nonces, iss, userinfo, a refresh', async () => {
    const { as, client, auth } = party;
    const DPoP = await dpopOf(party);
    const request = await newRequest(party);
    const { back } = await pushAndVisit(party, DPoP, request);
    expect(back.searchParams.get('iss')).toBe(server.url);
    const answer = oauth.validateAuthResponse(as, client, back, request.state);
    const tokens = await redeem(party, DPoP, { answer, ...request });
    expect(tokens.token_type).toBe('dpop');
    const { sub } = oauth.getValidatedIdTokenClaims(tokens)!;
    const info = await withNonce(
      () => oauth.userInfoRequest(as, client, tokens.access_token, { ...LOCAL, DPoP }),
      (response) => oauth.processUserInfoResponse(as, client, sub, response),
    );
    expect(info).toMatchObject({ sub, name: 'Lina May TESTER' });
    const options = { ...LOCAL, DPoP };
    const fresh = await withNonce(
      () => oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token!, options),
      (response) => oauth.processRefreshTokenResponse(as, client, response),
    );
    expect(oauth.getValidatedIdTokenClaims(fresh)).toMatchObject({ sub, sender_constrained: true });
  });

  it('gives the code to nobody with another key, and the pushed request once', async () => {
    const DPoP = await dpopOf(party);
    const request = await newRequest(party);
    const { back, address, visitor } = await pushAndVisit(party, DPoP, request);
    const answer = oauth.validateAuthResponse(party.as, party.client, back, request.state);
    const thief = await dpopOf(party);
    await expect(redeem(party, thief, { answer, ...request })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const again = await visitor.open(address);
    const told = again.at === 'service' ? again.url.searchParams.get('error') : 'a page';
    expect(told).toMatch(/^(?:a page|invalid_request_uri)$/);
  });
});

describe('Message Signing', () => {
  let party: OAuthParty;
  beforeAll(async () => {
    party = await oauthParty(server, {
      client_id: 'lands-notary',
      profile: 'fapi2_message_signing',
    });
  });

  it('signs in: a signed request, a signed answer, a signed introspection', async () => {
    const { as, client, auth } = party;
    const DPoP = await dpopOf(party);
    const request = await newRequest(party, { response_mode: 'jwt' });
    const { back } = await pushAndVisit(party, DPoP, request);
    expect([...back.searchParams.keys()]).toEqual(['response']);
    const answer = await oauth.validateJwtAuthResponse(as, client, back, request.state, LOCAL);
    const tokens = await redeem(party, DPoP, { answer, ...request });
    const { sub } = oauth.getValidatedIdTokenClaims(tokens)!;

    const options = { ...LOCAL, requestJwtResponse: true };
    const response = await oauth.introspectionRequest(
      as,
      client,
      auth,
      tokens.access_token,
      options,
    );
    const told = await oauth.processIntrospectionResponse(as, client, response);
    expect(told).toMatchObject({ active: true, sub, cnf: { jkt: expect.any(String) as string } });
    await oauth.validateApplicationLevelSignature(as, response, LOCAL);
  });

  it('refuses an answer that was altered on the way, by the library’s own check', async () => {
    const DPoP = await dpopOf(party);
    const request = await newRequest(party, { response_mode: 'jwt' });
    const { back } = await pushAndVisit(party, DPoP, request);
    const [header, payload, signature] = back.searchParams.get('response')!.split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...claims, code: 'other' })).toString('base64url');
    const altered = new URLSearchParams({ response: `${header}.${other}.${signature}` });
    await expect(
      oauth.validateJwtAuthResponse(party.as, party.client, altered, request.state, LOCAL),
    ).rejects.toThrow(/signature/i);
  });

  it('refuses a request that is not signed', async () => {
    const { as, client, auth } = party;
    const { parameters } = await newRequest(party, { response_mode: 'jwt' });
    const DPoP = await dpopOf(party);
    await expect(
      withNonce(
        () => oauth.pushedAuthorizationRequest(as, client, auth, parameters, { ...LOCAL, DPoP }),
        (response) => oauth.processPushedAuthorizationResponse(as, client, response),
      ),
    ).rejects.toMatchObject({ error: 'invalid_request' });
  });
});
