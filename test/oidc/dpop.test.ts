import { createHash, randomUUID } from 'node:crypto';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { dpopProof, postForm, serviceKey } from './keyed-party.ts';
import type { ServiceKey } from './keyed-party.ts';
import { CALLBACK, authorize, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/* Tokens bound to a key (RFC 9449), for public and confidential services that are no banks. */
let server: TestServer;
let walker: Walker;
let app: RelyingParty;
let key: ServiceKey;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  app = await relyingParty(server, { token_endpoint_auth_method: 'none' });
  key = await serviceKey();
}, 30_000);

const tokenEndpoint = () => `${server.url}/oidc/token`;
const userinfoEndpoint = () => `${server.url}/oidc/userinfo`;

/** A nonce of ours that is good now. */
async function freshNonce(): Promise<string> {
  const proof = await dpopProof(key, { htm: 'POST', htu: tokenEndpoint() });
  const asked = await redeem({ code: 'none', proof });
  return asked.headers.get('dpop-nonce')!;
}

async function redeem({
  code,
  proof,
  verifier = 'v'.repeat(43),
}: {
  code: string;
  proof: string;
  verifier?: string;
}) {
  const fields = {
    grant_type: 'authorization_code',
    client_id: app.clientId,
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  };
  return postForm(tokenEndpoint(), fields, { dpop: proof });
}

/** Tokens of a new sign-in, bound to our key. */
async function boundTokens() {
  const { url, checks } = await authorize(walker, app);
  const nonce = await freshNonce();
  const answer = await redeem({
    code: url.searchParams.get('code')!,
    verifier: checks.pkceCodeVerifier,
    proof: await dpopProof(key, { htm: 'POST', htu: tokenEndpoint(), nonce }),
  });
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  return answer.body as { access_token: string; refresh_token: string };
}

function atUserinfo(token: string, proof: string | null, scheme = 'DPoP') {
  return fetch(userinfoEndpoint(), {
    headers: { authorization: `${scheme} ${token}`, ...(proof === null ? {} : { dpop: proof }) },
  });
}

const athOf = (token: string) => createHash('sha256').update(token).digest('base64url');

it('works with a certified client, at the token endpoint and userinfo, whatever the algorithm', async () => {
  for (const alg of ['ES256', 'PS256', 'EdDSA', 'Ed25519']) {
    const handle = openid.getDPoPHandle(app.config, await openid.randomDPoPKeyPair(alg));
    const { url, checks } = await authorize(walker, app);
    const tokens = await openid.authorizationCodeGrant(
      app.config,
      url,
      checks,
      {},
      { DPoP: handle },
    );
    expect(tokens.claims()).toMatchObject({ sender_constrained: true });
    const { sub } = tokens.claims()!;
    await openid.fetchUserInfo(app.config, tokens.access_token, sub, { DPoP: handle });
    const fresh = await openid.refreshTokenGrant(
      app.config,
      tokens.refresh_token!,
      {},
      { DPoP: handle },
    );
    expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
  }
});

it('says of unbound tokens that they are', async () => {
  const { url, checks } = await authorize(walker, app);
  const tokens = await openid.authorizationCodeGrant(app.config, url, checks);
  expect(tokens.claims()).toMatchObject({ sender_constrained: false });
});

describe('a stolen token', () => {
  it('is worth nothing as a bearer token, without a proof, or with a proof of another key', async () => {
    const { access_token: token } = await boundTokens();
    const nonce = await freshNonce();
    const target = { htm: 'GET', htu: userinfoEndpoint(), nonce };
    const ath = athOf(token);
    expect((await atUserinfo(token, await dpopProof(key, { ...target, ath }))).status).toBe(200);
    const thief = await serviceKey();
    expect((await atUserinfo(token, null, 'Bearer')).status).toBe(401);
    expect((await atUserinfo(token, null)).status).toBe(400);
    expect((await atUserinfo(token, await dpopProof(thief, { ...target, ath }))).status).toBe(401);
    const forAnother = await dpopProof(key, { ...target, ath: athOf('another') });
    expect((await atUserinfo(token, forAnother)).status).toBe(401);
    expect((await atUserinfo(token, await dpopProof(key, target))).status).toBe(401);
    const query = await fetch(`${userinfoEndpoint()}?access_token=${token}`);
    expect(query.status).toBe(400);
  });

  it('is not refreshed by another key, nor without one', async () => {
    const { refresh_token: token } = await boundTokens();
    const nonce = await freshNonce();
    const target = { htm: 'POST', htu: tokenEndpoint(), nonce };
    const refresh = (headers: Record<string, string>) =>
      postForm(
        tokenEndpoint(),
        { grant_type: 'refresh_token', refresh_token: token, client_id: app.clientId },
        headers,
      );
    const thief = await serviceKey();
    expect((await refresh({})).body.error).toBe('invalid_grant');
    const stolen = await refresh({ dpop: await dpopProof(thief, target) });
    expect(stolen.body.error).toBe('invalid_grant');
    expect((await refresh({ dpop: await dpopProof(key, target) })).status).toBe(200);
  });
});

describe('a proof is refused', () => {
  it.each<[string, string, (good: Record<string, unknown>) => Record<string, unknown>, object?]>([
    ['without a nonce of ours', 'use_dpop_nonce', (good) => ({ ...good, nonce: undefined })],
    ['with a nonce that is none', 'use_dpop_nonce', (good) => ({ ...good, nonce: 'x' })],
    ['for another method', 'invalid_dpop_proof', (good) => ({ ...good, htm: 'GET' })],
    ['for another address', 'invalid_dpop_proof', (good) => ({ ...good, htu: userinfoEndpoint() })],
    [
      'for another host',
      'invalid_dpop_proof',
      (good) => ({ ...good, htu: 'https://evil.example/oidc/token' }),
    ],
    ['without a name', 'invalid_dpop_proof', (good) => ({ ...good, jti: undefined })],
    ['without a time', 'invalid_dpop_proof', (good) => ({ ...good, iat: undefined })],
    ['of another type', 'invalid_dpop_proof', (good) => good, { typ: 'jwt' }],
    ['without its key', 'invalid_dpop_proof', (good) => good, { jwk: undefined }],
    [
      'with a symmetric key',
      'invalid_dpop_proof',
      (good) => good,
      { jwk: { kty: 'oct', k: 'AAAA' } },
    ],
  ])('%s', async (_what, error, change, header = {}) => {
    const good = { htm: 'POST', htu: tokenEndpoint(), nonce: await freshNonce() };
    const proof = await dpopProof(key, change(good), header as Record<string, unknown>);
    const answer = await redeem({ code: 'none', proof });
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  it('signed by RS256, none or a secret, with a private key inside, or twice in one request', async () => {
    const good = { htm: 'POST', htu: tokenEndpoint(), nonce: await freshNonce() };
    const rsa = await serviceKey('RS256');
    const withPrivate = { jwk: key.privateKey.export({ format: 'jwk' }) };
    const [header, payload] = (await dpopProof(key, good)).split('.') as [string, string];
    const none = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg: 'none' }),
    ).toString('base64url');
    const proof = await dpopProof(key, good);
    for (const odd of [
      await dpopProof(rsa, good),
      await dpopProof(key, good, withPrivate),
      `${none}.${payload}.`,
      `${proof}, ${proof}`,
      'x',
    ])
      expect((await redeem({ code: 'none', proof: odd })).body.error).toBe('invalid_dpop_proof');
  });

  it('used twice: at the token endpoint and at userinfo', async () => {
    const { access_token: token } = await boundTokens();
    const nonce = await freshNonce();
    const proof = await dpopProof(key, {
      htm: 'GET',
      htu: userinfoEndpoint(),
      nonce,
      ath: athOf(token),
    });
    expect((await atUserinfo(token, proof)).status).toBe(200);
    expect((await atUserinfo(token, proof)).status).toBe(401);

    const jti = randomUUID();
    const again = async () => {
      const { url, checks } = await authorize(walker, app);
      return redeem({
        code: url.searchParams.get('code')!,
        verifier: checks.pkceCodeVerifier,
        proof: await dpopProof(key, { htm: 'POST', htu: tokenEndpoint(), nonce, jti }),
      });
    };
    expect((await again()).status).toBe(200);
    expect((await again()).body.error).toBe('invalid_grant');
  });

  it('with a nonce of five minutes ago', async () => {
    const nonce = await freshNonce();
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.now() + 5 * 60_000);
      const proof = await dpopProof(key, { htm: 'POST', htu: tokenEndpoint(), nonce });
      expect((await redeem({ code: 'none', proof })).body.error).toBe('use_dpop_nonce');
    } finally {
      vi.useRealTimers();
    }
  });
});

it('refuses a service that must bind its tokens and sends no proof, secret or not', async () => {
  const bound = await relyingParty(server, {
    client_id: 'lands-bound',
    dpop_bound_access_tokens: true,
  });
  const { url, checks } = await authorize(walker, bound);
  await expect(openid.authorizationCodeGrant(bound.config, url, checks)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  const handle = openid.getDPoPHandle(bound.config, await openid.randomDPoPKeyPair('ES256'));
  const second = await authorize(walker, bound);
  const options = { DPoP: handle };
  const tokens = await openid.authorizationCodeGrant(
    bound.config,
    second.url,
    second.checks,
    {},
    options,
  );
  // Its refresh token is bound to its secret (RFC 9449 §5), and gives bound tokens only.
  await expect(openid.refreshTokenGrant(bound.config, tokens.refresh_token!)).rejects.toMatchObject(
    {
      error: 'invalid_grant',
    },
  );
  const fresh = await openid.refreshTokenGrant(bound.config, tokens.refresh_token!, {}, options);
  expect(fresh.token_type).toBe('dpop');
});
