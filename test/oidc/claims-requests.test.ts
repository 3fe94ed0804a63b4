import { beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { authorizationRequest, follow, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let walker: Walker;

beforeAll(async () => {
  server = await startTestServer();
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
});

const claimsOf = (value: unknown) => ({ scope: 'openid', claims: JSON.stringify(value) });

describe('a request that a service may not make', () => {
  async function errorOf(party: RelyingParty, claims: unknown) {
    const request = await authorizationRequest(party, claimsOf(claims));
    const arrival = await follow(walker, request.path);
    if (arrival.at !== 'service') throw new Error(`shown ${arrival.path}`);
    return [
      arrival.url.searchParams.get('error'),
      arrival.url.searchParams.get('error_description'),
    ];
  }
  let serial = 0;
  const named = () =>
    relyingParty(server, { client_id: `bank-${++serial}`, claims: ['name', 'birthdate'] });
  const asking = (verified: unknown) => ({ userinfo: { verified_claims: verified } });

  it('is told its path', async () => {
    const bank = await named();
    expect(await errorOf(bank, asking({ verification: {}, claims: { name: null } }))).toEqual([
      'invalid_request',
      expect.stringContaining(
        'claims.userinfo.verified_claims.verification.trust_framework: ',
      ) as string,
    ]);
    expect(await errorOf(bank, asking('all of it'))).toEqual([
      'invalid_request',
      expect.stringContaining('claims.userinfo.verified_claims: ') as string,
    ]);
  });

  it('is told that it nests too deep, also where nothing reads it', async () => {
    const bank = await named();
    const deep = JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`) as unknown;
    expect(await errorOf(bank, { userinfo: { colour: { value: deep } } })).toEqual([
      'invalid_request',
      'claims: nested deeper than 20 levels',
    ]);
    // Brackets within a text are text.
    const text = `\\"${'['.repeat(30)}`;
    await expect(errorOf(bank, { userinfo: { colour: { value: text } } })).rejects.toThrow('shown');
    // Ten thousand levels, pushed, are refused too, and kill nothing.
    const pushed = await fetch(`${server.url}/oidc/request`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${bank.clientId}:${bank.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        response_type: 'code',
        redirect_uri: 'http://127.0.0.1:4002/callback',
        scope: 'openid',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
        claims: `{"userinfo":{"a":{"b":${'['.repeat(10_000)}${']'.repeat(10_000)}}}}`,
      }),
    });
    expect([pushed.status, await pushed.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('is told what it is not registered for: a claim within, or the document', async () => {
    const bank = await named();
    const asked = { verification: { trust_framework: null }, claims: { nationality: null } };
    expect(await errorOf(bank, asking(asked))).toEqual([
      'invalid_request',
      'verified_claims.claims: this service is not registered for "nationality"',
    ]);
    const plain = await relyingParty(server, { client_id: 'plain', claims: ['name'] });
    const numbered = {
      verification: {
        trust_framework: null,
        evidence: [{ type: { value: 'document' }, document_details: { document_number: null } }],
      },
      claims: { name: null },
    };
    const [code, description] = await errorOf(plain, asking(numbered));
    expect(code).toBe('invalid_request');
    expect(description).toContain('document_details.document_number');
  });
});
