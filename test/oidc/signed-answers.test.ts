import { createHash } from 'node:crypto';
import { compactDecrypt, createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { ASSERTION_TYPE, keyedParty, postForm, serviceKey, walkToEnd } from './keyed-party.ts';
import type { KeyedParty } from './keyed-party.ts';
import { CALLBACK, authorizationRequest, follow } from './relying-party.ts';

/* Answers that we sign (JARM, userinfo, introspection) and encrypt. */
let server: TestServer;
let walker: Walker;
let party: KeyedParty;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  party = await keyedParty(server);
}, 30_000);

const ourKeys = () => createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
const walk = (path: string) => walkToEnd(walker, path);

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
