import { readFileSync } from 'node:fs';
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { JWK } from 'jose';
import { expect, test } from 'vitest';
import {
  MAGIC_PREFIXES,
  OTHER_MAGIC_PREFIXES,
} from '../../src/dev/sandbox-register/magic-inputs.ts';
import { AUTHORITIES } from '../../src/visas/compare-registers.ts';
import { readSignedAnswer } from '../../src/visas/read-signed-answer.ts';
import { registerContract } from '../../src/visas/signed-contract.ts';
import { questionBody, questionClaims, questionHash } from '../../src/visas/register-envelope.ts';
import { pinnedKeys } from '../../src/visas/register-keys.ts';
import { defaultRegisterLimits } from '../../src/visas/http-register.ts';

// The page that a real register is built from must be true: its examples are signed, and read here by our own code.

const page = readFileSync(new URL('../../docs/immigration-register.md', import.meta.url), 'utf8');

function block(name: string): string {
  const found = new RegExp(`^\`\`\`(?:json|text) ${name}\\n([^\`]*)\\n\`\`\`$`, 'm').exec(page);
  if (!found) throw new Error(`no example called ${name}`);
  return found[1]!;
}
function json(name: string): unknown {
  return JSON.parse(block(name));
}

async function payloadOf(jws: string, jwk: JWK): Promise<unknown> {
  const { payload } = await compactVerify(jws, await importJWK(jwk, 'ES256'));
  return JSON.parse(Buffer.from(payload).toString());
}

test('the example question is one, and its assertion is signed over these bytes', async () => {
  const assertion = block('assertion');
  expect(questionBody.parse(json('question'))).toEqual(json('question'));
  expect(decodeProtectedHeader(assertion)).toEqual(json('assertion-header'));
  expect(await payloadOf(assertion, json('client-key') as JWK)).toEqual(json('assertion-claims'));
  const claims = questionClaims.parse(json('assertion-claims'));
  expect(claims.question_hash).toBe(questionHash(block('question')));
});

test('the example answer is signed, bound to the example question, and believed in its time', async () => {
  const jws = block('answer');
  expect(decodeProtectedHeader(jws)).toEqual(json('answer-header'));
  expect(await payloadOf(jws, json('register-key') as JWK)).toEqual(json('answer-claims'));
  const claims = questionClaims.parse(json('assertion-claims'));
  const question = questionBody.parse(json('question'));
  const { visaNumber: _, ...asked } = question;
  const expected = {
    contract: registerContract,
    registerIssuer: claims.aud,
    clientId: claims.iss,
    question: asked,
    binding: {
      requestId: question.requestId,
      assertionId: claims.jti,
      questionHash: claims.question_hash,
    },
    keys: await pinnedKeys({ keys: [json('register-key')] }),
    now: new Date((claims.iat + 5) * 1000),
  };
  expect(await readSignedAnswer(jws, expected)).toMatchObject({
    ok: true,
    statement: { kind: 'found', person: { nameAsRecorded: 'ERIKSSON, ANNA MARIA' } },
  });
  const later = { ...expected, now: new Date((claims.iat + 3600) * 1000) };
  expect(await readSignedAnswer(jws, later)).toEqual({ ok: false, reason: 'stale' });
});

test('the page names whose word stands for which fact', () => {
  for (const [fact, kinds] of Object.entries(AUTHORITIES))
    expect(page).toContain(`| \`${fact}\` | ${kinds.join(', ') || 'the travel document'} |`);
});

test('the page names every magic input and the limits as they are', () => {
  for (const [prefix, what] of Object.entries(OTHER_MAGIC_PREFIXES))
    expect(page).toContain(`| \`${prefix}\` | ${what} |`);
  for (const [prefix, what] of Object.entries(MAGIC_PREFIXES))
    expect(page).toContain(`| \`${prefix}\` | ${what} |`);
  expect(defaultRegisterLimits).toMatchObject({
    attemptTimeoutMs: 3000,
    maxAttempts: 3,
    retryPauseMaxMs: 300,
    maxAnswerBytes: 64 * 1024,
    breaker: { failuresToOpen: 5, openSeconds: 10 },
  });
});
