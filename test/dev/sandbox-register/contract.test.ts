import { SignJWT, importJWK } from 'jose';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { makeSigningJwk } from '../../../src/dev/sandbox-register/signing-key.ts';
import { questionHash } from '../../../src/visas/register-envelope.ts';
import { importSigningKey, signQuestion } from '../../../src/visas/sign-question.ts';
import { CLIENT_ID, question, startTestRegister } from './running-register.ts';
import type { TestRegister } from './running-register.ts';

// The register's side of the contract: whoever is not our provider learns nothing from it, and a question that was
// overheard cannot be asked again.

let sandbox: TestRegister;
beforeAll(async () => {
  sandbox = await startTestRegister();
});
afterAll(() => sandbox.close());

const source = { clock: systemClock, random: systemRandom };

async function signed(changes: { clientId?: string; registerIssuer?: string; jwk?: JWK } = {}) {
  const jwk = changes.jwk ?? sandbox.clientJwk;
  const signer = {
    clientId: changes.clientId ?? CLIENT_ID,
    registerIssuer: changes.registerIssuer ?? sandbox.issuer,
    key: await importSigningKey(jwk),
    keyId: jwk.kid ?? '',
  };
  return signQuestion(question(), signer, source);
}

function post(body: string, authorization?: string) {
  return fetch(`${sandbox.url}/v1/questions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body,
  });
}

const problem = z.object({ status: z.number(), detail: z.string() });

async function detailOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return problem.parse(await response.json()).detail;
}

describe('a question is answered only when', () => {
  test('it is signed by the client, for this register, over these bytes', async () => {
    const { body, assertion } = await signed();
    const response = await post(body, `Bearer ${assertion}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/jose');
  });

  test('it carries an assertion at all', async () => {
    const { body } = await signed();
    const response = await post(body);
    expect(response.status).toBe(401);
    expect(await detailOf(response)).toMatch(/signed assertion is required/);
  });

  test("the client's own key signed it", async () => {
    const stranger = await makeSigningJwk();
    for (const jwk of [stranger, { ...stranger, kid: sandbox.clientJwk.kid! }]) {
      const { body, assertion } = await signed({ jwk });
      expect((await post(body, `Bearer ${assertion}`)).status).toBe(401);
    }
  });

  test('it is signed, not only shaped like it', async () => {
    const { body, assertion } = await signed();
    const none = Buffer.from('{"alg":"none","typ":"register-question+jwt"}').toString('base64url');
    const unsigned = `${none}.${assertion.split('.')[1]}.`;
    expect((await post(body, `Bearer ${unsigned}`)).status).toBe(401);
  });

  test('it is for this register', async () => {
    const { body, assertion } = await signed({ registerIssuer: 'https://register.example' });
    const response = await post(body, `Bearer ${assertion}`);
    expect(response.status).toBe(401);
    expect(await detailOf(response)).toContain(`aud must be ${sandbox.issuer}`);
  });

  test('it comes from the client whose key it is', async () => {
    const { body, assertion } = await signed({ clientId: 'somebody-else' });
    expect((await post(body, `Bearer ${assertion}`)).status).toBe(401);
  });

  test('it was not asked before', async () => {
    const { body, assertion } = await signed();
    expect((await post(body, `Bearer ${assertion}`)).status).toBe(200);
    const again = await post(body, `Bearer ${assertion}`);
    expect(again.status).toBe(401);
    expect(await detailOf(again)).toMatch(/jti was used before/);
  });

  test('its body is the one that was signed', async () => {
    const { body, assertion } = await signed();
    const altered = body.replace('L898902C3', 'X12345678');
    const response = await post(altered, `Bearer ${assertion}`);
    expect(response.status).toBe(401);
    expect(await detailOf(response)).toMatch(/question_hash/);
  });

  test.each([
    ['long past', -3600, -3540],
    ['not yet begun', 3600, 3660],
    ['valid for longer than a minute', 0, 3600],
  ])('its time is now and short: one %s is refused', async (_, from, to) => {
    const { body } = await signed();
    const now = Math.floor(systemClock.now().getTime() / 1000);
    const assertion = await new SignJWT({ question_hash: questionHash(body) })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'register-question+jwt',
        kid: sandbox.clientJwk.kid!,
      })
      .setIssuer(CLIENT_ID)
      .setSubject(CLIENT_ID)
      .setAudience(sandbox.issuer)
      .setJti(systemRandom.token())
      .setIssuedAt(now + from)
      .setExpirationTime(now + to)
      .sign(await importJWK(sandbox.clientJwk, 'ES256'));
    expect((await post(body, `Bearer ${assertion}`)).status).toBe(401);
  });

  test('it can be understood, and the answer says which field cannot', async () => {
    const jwk = sandbox.clientJwk;
    const signer = {
      clientId: CLIENT_ID,
      registerIssuer: sandbox.issuer,
      key: await importSigningKey(jwk),
      keyId: jwk.kid ?? '',
    };
    const asked = question('no such number', { dateOfBirth: '12.08.1990' });
    const { body, assertion } = await signQuestion(asked, signer, source);
    const response = await post(body, `Bearer ${assertion}`);
    expect(response.status).toBe(400);
    expect(await detailOf(response)).toBe(
      'The question is not understood: documentNumber, dateOfBirth.',
    );
  });

  test('it is no larger than a question', async () => {
    const { assertion } = await signed();
    expect((await post(' '.repeat(20_000), `Bearer ${assertion}`)).status).toBe(413);
  });
});

test('its public keys are published, the private part is not', async () => {
  const response = await fetch(`${sandbox.url}/.well-known/jwks.json`);
  expect(response.headers.get('content-type')).toContain('application/jwk-set+json');
  const { keys } = z
    .object({ keys: z.array(z.record(z.string(), z.unknown())) })
    .parse(await response.json());
  expect(keys).toHaveLength(1);
  expect(Object.keys(keys[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});

test('anything else is a problem document with 404', async () => {
  const response = await fetch(`${sandbox.url}/v2/questions`);
  expect(response.status).toBe(404);
  expect(await detailOf(response)).toBe('There is nothing here.');
});
