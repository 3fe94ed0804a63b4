import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { CALLBACK, agree, authorize, follow, relyingParty, tokenRequest } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * A confidential service of an older stack may be registered without PKCE. Then `nonce` does its work (RFC 9700
 * §2.1.1), and PKCE that is begun is carried through.
 */
let server: TestServer;
let walker: Walker;
let older: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  older = await relyingParty(server, { client_id: 'lands-older', pkce_required: false });
}, 30_000);

/** The answer of a request by hand: its parameters at the service, or the page. */
async function ask(party: RelyingParty, parameters: Record<string, string>) {
  const query = new URLSearchParams({
    client_id: party.clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    ...parameters,
  });
  const arrival = await follow(walker, `/oidc/auth?${query.toString()}`);
  const asks = arrival.at === 'page' && arrival.path.startsWith('/interaction/');
  const end = asks ? await agree(walker, arrival) : arrival;
  if (end.at !== 'service') throw new Error(`a page: ${end.answer.status}`);
  return end.url;
}

const redeem = (party: RelyingParty, url: URL, more: Record<string, string> = {}) =>
  tokenRequest(server, party, {
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: CALLBACK,
    ...more,
  });

describe('a service registered without PKCE', () => {
  it('signs in with a nonce, which its ID token shows', async () => {
    const url = await ask(older, { nonce: 'tied-to-the-browser', state: 's' });
    const tokens = await openid.authorizationCodeGrant(older.config, url, {
      expectedNonce: 'tied-to-the-browser',
      expectedState: 's',
    });
    expect(tokens.claims()).toMatchObject({ nonce: 'tied-to-the-browser' });
  });

  it('is refused without a nonce, with an empty one, or without openid, which would show none', async () => {
    for (const parameters of [
      {},
      { nonce: '' },
      { nonce: 'n', scope: '' },
      { nonce: 'n', scope: 'profile' },
    ])
      expect((await ask(older, parameters)).searchParams.get('error')).toBe('invalid_request');
  });

  it('may use PKCE, and then must end it: no verifier or a wrong one gives no tokens', async () => {
    const good = await authorize(walker, older);
    expect((await redeem(older, good.url)).body.error).toBe('invalid_grant');
    const wrong = { code_verifier: openid.randomPKCECodeVerifier() };
    expect((await redeem(older, good.url, wrong)).body.error).toBe('invalid_grant');
    const right = { code_verifier: good.checks.pkceCodeVerifier };
    expect((await redeem(older, good.url, right)).status).toBe(200);
    const plain = { code_challenge: 'v'.repeat(43), code_challenge_method: 'plain', nonce: 'n' };
    expect((await ask(older, plain)).searchParams.get('error')).toBe('invalid_request');
    const unnamed = { code_challenge: 'v'.repeat(43), nonce: 'n' };
    expect((await ask(older, unnamed)).searchParams.get('error')).toBe('invalid_request');
  });

  it('is refused a verifier that no challenge asked for (RFC 9700 §4.8.2)', async () => {
    const url = await ask(older, { nonce: 'n' });
    const uninvited = await redeem(older, url, { code_verifier: 'v'.repeat(43) });
    expect(uninvited).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('is refused a verifier that is too short, too long or no text of RFC 7636', async () => {
    for (const verifier of ['v', 'v'.repeat(129), 'ü'.repeat(43), `${'v'.repeat(43)}\0`]) {
      const { url } = await authorize(walker, older);
      const answer = await redeem(older, url, { code_verifier: verifier });
      expect([answer.status, typeof answer.body.error]).toEqual([400, 'string']);
    }
  });
});

it('demands PKCE of everybody else, nonce or not', async () => {
  const usual = await relyingParty(server, { client_id: 'lands-usual' });
  const url = await ask(usual, { nonce: 'n' });
  expect(url.searchParams.get('error')).toBe('invalid_request');
  for (const challenge of ['short', 'v'.repeat(129), 'v v'.repeat(20)]) {
    const odd = { code_challenge: challenge, code_challenge_method: 'S256' };
    expect((await ask(usual, odd)).searchParams.get('error')).toBe('invalid_request');
  }
});
