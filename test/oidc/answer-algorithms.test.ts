import { compactDecrypt, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { ASSERTION_TYPE, keyedParty, postForm, serviceKey } from './keyed-party.ts';
import type { KeyedParty } from './keyed-party.ts';
import { CALLBACK, agree, authorizationRequest, follow } from './relying-party.ts';

/* Everything that we sign, by each algorithm that the discovery document lists for it; and encrypted so. */
let server: TestServer;
let walker: Walker;
let told: Record<string, string[]>;
let keys: ReturnType<typeof createRemoteJWKSet>;

const ANSWERS = ['authorization', 'id_token', 'userinfo', 'introspection'] as const;

beforeAll(async () => {
  server = await startTestServer();
  const response = await fetch(`${server.url}/.well-known/openid-configuration`);
  told = (await response.json()) as typeof told;
  keys = createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
});

/** One sign-in: each of our four answers as the service gets it. */
async function answersTo(party: KeyedParty, open: (jwt: string) => Promise<string>) {
  const request = await authorizationRequest(party, { response_mode: 'jwt' });
  const arrival = await follow(walker, request.path);
  const back = arrival.at === 'page' ? await agree(walker, arrival) : arrival;
  if (back.at !== 'service') throw new Error('not back');
  const authorization = back.url.searchParams.get('response')!;
  const { payload } = await jwtVerify(await open(authorization), keys);
  const auth = async () => ({
    client_assertion: await party.assertion(),
    client_assertion_type: ASSERTION_TYPE,
  });
  const { body } = await postForm(`${server.url}/oidc/token`, {
    grant_type: 'authorization_code',
    code: String(payload.code),
    redirect_uri: CALLBACK,
    code_verifier: request.checks.pkceCodeVerifier,
    ...(await auth()),
  });
  const { access_token: token, id_token: idToken } = body as Record<string, string>;
  const info = await fetch(`${server.url}/oidc/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const introspected = await fetch(`${server.url}/oidc/introspection`, {
    method: 'POST',
    headers: { accept: 'application/token-introspection+jwt' },
    body: new URLSearchParams({ token: token!, ...(await auth()) }),
  });
  return {
    authorization,
    id_token: idToken!,
    userinfo: await info.text(),
    introspection: await introspected.text(),
  };
}

it('is the same list for every answer', () => {
  for (const kind of ANSWERS) {
    expect(told[`${kind}_signing_alg_values_supported`]!.toSorted()).toEqual([
      'ES256',
      'EdDSA',
      'PS256',
      'RS256',
    ]);
    expect(told[`${kind}_encryption_alg_values_supported`]).toEqual(
      told.id_token_encryption_alg_values_supported,
    );
    expect(told[`${kind}_encryption_enc_values_supported`]).toEqual(
      told.id_token_encryption_enc_values_supported,
    );
  }
});

it.each(['ES256', 'EdDSA', 'PS256', 'RS256'])('signs every answer by %s', async (alg) => {
  const algs = Object.fromEntries(ANSWERS.map((kind) => [`${kind}_signed_response_alg`, alg]));
  const party = await keyedParty(server, algs);
  const answers = await answersTo(party, async (jwt) => jwt);
  for (const kind of ANSWERS) {
    const { payload, protectedHeader } = await jwtVerify(answers[kind], keys);
    expect([kind, protectedHeader.alg]).toEqual([kind, alg]);
    expect(payload).toMatchObject({ iss: server.url, aud: party.clientId });
  }
});

it.each([
  ['RSA-OAEP', 'A128CBC-HS256'],
  ['RSA-OAEP-256', 'A128GCM'],
  ['ECDH-ES', 'A256CBC-HS512'],
  ['ECDH-ES+A256KW', 'A256GCM'],
])('encrypts every answer by %s with %s, signed within', async (alg, enc) => {
  expect(told.id_token_encryption_alg_values_supported).toContain(alg);
  expect(told.id_token_encryption_enc_values_supported).toContain(enc);
  const secret = await serviceKey(alg.startsWith('RSA') ? 'RSA-OAEP-256' : 'ECDH-ES');
  secret.jwk.alg = alg;
  const algs = ANSWERS.flatMap((kind) => [
    [`${kind}_signed_response_alg`, 'ES256'],
    [`${kind}_encrypted_response_alg`, alg],
    [`${kind}_encrypted_response_enc`, enc],
  ]);
  const party = await keyedParty(server, Object.fromEntries(algs), { keys: [secret] });
  const open = async (jwe: string) =>
    Buffer.from((await compactDecrypt(jwe, secret.privateKey)).plaintext).toString();
  const answers = await answersTo(party, open);
  for (const kind of ANSWERS) {
    expect(decodeProtectedHeader(answers[kind])).toMatchObject({ alg, enc });
    const { payload } = await jwtVerify(await open(answers[kind]), keys);
    expect(payload).toMatchObject({ iss: server.url, aud: party.clientId });
  }
});
