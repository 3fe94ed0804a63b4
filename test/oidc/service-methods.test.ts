import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { ASSERTION_TYPE, keyedParty, postForm, sign } from './keyed-party.ts';
import type { Alg, KeyedParty } from './keyed-party.ts';
import { CALLBACK, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/* How services show who they are and sign what they send: everything that the discovery document lists, and nothing else. */
type Endpoint =
  | 'introspection_endpoint'
  | 'pushed_authorization_request_endpoint'
  | 'revocation_endpoint'
  | 'token_endpoint';
type Metadata = Partial<Record<string, string[]>> & Record<Endpoint, string>;

let server: TestServer;
let told: Metadata;
let party: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  const response = await fetch(`${server.url}/.well-known/openid-configuration`);
  told = (await response.json()) as Metadata;
  party = await relyingParty(server);
});

const CHALLENGE = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const REQUEST = { response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', ...CHALLENGE };

const CALLS = ['introspection_endpoint', 'revocation_endpoint', 'token_endpoint'] as const;

it('show who they are by every listed method, at each endpoint that lists it', async () => {
  const posted = await relyingParty(server, {
    client_id: 'lands-post',
    token_endpoint_auth_method: 'client_secret_post',
  });
  const open = await relyingParty(server, {
    client_id: 'lands-open',
    token_endpoint_auth_method: 'none',
  });
  const keyed = await keyedParty(server);
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const ways: Record<string, () => Promise<[Record<string, string>, Record<string, string>]>> = {
    client_secret_basic: async () => [{}, { authorization: `Basic ${basic}` }],
    client_secret_post: async () => [
      { client_id: posted.clientId, client_secret: posted.secret! },
      {},
    ],
    none: async () => [{ client_id: open.clientId }, {}],
    private_key_jwt: async () => [await assertionOf(keyed), {}],
  };
  for (const endpoint of CALLS) {
    expect(told[`${endpoint}_auth_methods_supported`]!.toSorted()).toEqual(
      Object.keys(ways).toSorted(),
    );
    for (const [method, way] of Object.entries(ways)) {
      const [fields, headers] = await way();
      const token = { token: 'x', grant_type: 'refresh_token', refresh_token: 'x' };
      const { status, body } = await postForm(told[endpoint], { ...token, ...fields }, headers);
      const expected = endpoint === 'token_endpoint' ? 'invalid_grant' : 200;
      expect([endpoint, method, body.error ?? status]).toEqual([endpoint, method, expected]);
    }
  }
});

it('sign assertions, requests and proofs by every listed algorithm, and no other', async () => {
  const algs = told.token_endpoint_auth_signing_alg_values_supported!;
  for (const list of [
    'revocation_endpoint_auth_signing_alg_values_supported',
    'introspection_endpoint_auth_signing_alg_values_supported',
    'request_object_signing_alg_values_supported',
    'backchannel_authentication_request_signing_alg_values_supported',
  ])
    expect(told[list]).toEqual(algs);
  for (const alg of [...algs, 'none', 'HS256', 'RS512']) {
    const outcome = await signedBy(alg);
    const isDpop = told.dpop_signing_alg_values_supported!.includes(alg);
    const good = algs.includes(alg);
    expect([alg, outcome]).toEqual([
      alg,
      {
        assertion: good ? 200 : 'invalid_client',
        request: good ? 201 : 'invalid_request_object',
        proof: isDpop ? 201 : 'invalid_dpop_proof',
      },
    ]);
  }
});

async function assertionOf(keyed: KeyedParty) {
  return {
    client_id: keyed.clientId,
    client_assertion: await keyed.assertion(),
    client_assertion_type: ASSERTION_TYPE,
  };
}

/** What becomes of an assertion, a pushed request object and a proof under one algorithm. */
async function signedBy(name: string) {
  const alg = name === 'Ed25519' ? 'EdDSA' : name;
  const isReal = ['RS256', 'PS256', 'ES256', 'EdDSA'].includes(alg);
  const service = await keyedParty(server, {}, { alg: isReal ? (alg as Alg) : 'RS256' });
  /** Where it is no algorithm of ours: signed by another, under that name. */
  const signed = async (claims: Record<string, unknown>, key = service.key, header = {}) => {
    const jws = await sign(key, claims, { ...header, ...(isReal ? { alg: name } : {}) });
    if (isReal) return jws;
    const [head, ...rest] = jws.split('.');
    const renamed = { ...(JSON.parse(Buffer.from(head!, 'base64url').toString()) as object) };
    const forged = JSON.stringify({ ...renamed, alg: name });
    return [Buffer.from(forged).toString('base64url'), ...rest].join('.');
  };
  const now = Math.floor(Date.now() / 1000);
  const parties = { iss: service.clientId, aud: server.url, iat: now, exp: now + 60 };
  const assertion = await signed({ ...parties, sub: service.clientId, jti: crypto.randomUUID() });
  const introspected = await postForm(told.introspection_endpoint, {
    token: 'x',
    client_assertion: assertion,
    client_assertion_type: ASSERTION_TYPE,
  });
  const push = async (fields: Record<string, string>, headers = {}) =>
    postForm(
      told.pushed_authorization_request_endpoint,
      { ...(await assertionOf(service)), ...fields },
      headers,
    );
  const request = await signed({ ...parties, ...REQUEST, client_id: service.clientId });
  const pushed = await push({ request });
  const target = { htm: 'POST', htu: told.pushed_authorization_request_endpoint };
  const { kid: _kid, use: _use, alg: _alg, ...jwk } = service.key.jwk;
  const proof = (claims = {}) => {
    const about = { ...target, iat: now, jti: crypto.randomUUID(), ...claims };
    return signed(about, service.key, { typ: 'dpop+jwt', jwk, kid: undefined });
  };
  const first = await push(REQUEST, { dpop: await proof() });
  const nonce = first.headers.get('dpop-nonce');
  const proven = nonce === null ? first : await push(REQUEST, { dpop: await proof({ nonce }) });
  const outcome = ({ status, body }: typeof pushed) => body.error ?? status;
  return { assertion: outcome(introspected), request: outcome(pushed), proof: outcome(proven) };
}
