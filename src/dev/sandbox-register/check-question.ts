import { compactVerify, decodeProtectedHeader } from 'jose';
import type { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import {
  CLOCK_TOLERANCE_SECONDS,
  QUESTION_LIFETIME_SECONDS,
  QUESTION_TYPE,
  questionClaims,
  questionHash,
} from '../../visas/register-envelope.ts';
import type { RegisterKeys } from '../../visas/register-keys.ts';

export type CheckedQuestion<Asked> =
  | { ok: true; question: Asked; binding: AnswerBinding }
  /** `detail` tells an integrator what to mend. */
  | { ok: false; status: 400 | 401; detail: string };

/** What the answer is bound to. */
export interface AnswerBinding {
  requestId: string;
  assertionId: string;
  questionHash: string;
}

export interface QuestionChecker {
  check<Asked extends { requestId: string }>(
    authorization: string | undefined,
    body: Buffer,
    schema: z.ZodType<Asked>,
  ): Promise<CheckedQuestion<Asked>>;
}

/** Checks who asks (RFC 7523 §3: signature, parties, time, single use, these very bytes) before what is asked. */
export function createQuestionChecker(expected: {
  clientId: string;
  clientKeys: RegisterKeys;
  issuer: string;
  clock: Clock;
}): QuestionChecker {
  const usedUntil = new Map<string, number>();

  /** True the first time. Kept as long as the assertion could pass for valid. */
  const useOnce = (assertionId: string, exp: number, now: number): boolean => {
    for (const [id, until] of usedUntil) if (until < now) usedUntil.delete(id);
    if (usedUntil.has(assertionId)) return false;
    usedUntil.set(assertionId, exp + CLOCK_TOLERANCE_SECONDS);
    return true;
  };

  const refuse = (detail: string) => ({ ok: false, status: 401, detail }) as const;

  return {
    async check(authorization, body, schema) {
      const assertion = /^Bearer ([\w.-]+)$/.exec(authorization ?? '')?.[1];
      if (!assertion) return refuse('Authorization: Bearer with a signed assertion is required.');
      const payload = await verify(assertion, expected.clientKeys);
      if (!payload) return refuse('The assertion is not signed by a key of this client (ES256).');
      const claims = questionClaims.safeParse(parseJson(payload));
      if (!claims.success) return refuse('The assertion lacks a claim, or one has a wrong type.');
      const { iss, sub, aud, iat, exp, jti, question_hash: hash } = claims.data;
      if (iss !== expected.clientId || sub !== iss)
        return refuse('iss and sub must be the client.');
      if (aud !== expected.issuer) return refuse(`aud must be ${expected.issuer}.`);
      const now = expected.clock.now().getTime() / 1000;
      if (iat > now + CLOCK_TOLERANCE_SECONDS || exp <= now - CLOCK_TOLERANCE_SECONDS)
        return refuse('The assertion is outside its time.');
      if (exp - iat > QUESTION_LIFETIME_SECONDS)
        return refuse(`An assertion lives at most ${QUESTION_LIFETIME_SECONDS} seconds.`);
      if (hash !== questionHash(body)) return refuse('question_hash is not that of the body.');
      if (!useOnce(jti, exp, now)) return refuse('This jti was used before.');
      const question = schema.safeParse(parseJson(body));
      if (!question.success) {
        const where = question.error.issues.map((issue) => issue.path.join('.')).join(', ');
        return { ok: false, status: 400, detail: `The question is not understood: ${where}.` };
      }
      const { requestId } = question.data;
      const binding = { requestId, assertionId: jti, questionHash: hash };
      return { ok: true, question: question.data, binding };
    },
  };
}

async function verify(assertion: string, keys: RegisterKeys): Promise<Uint8Array | null> {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(assertion);
    if (alg !== 'ES256' || typ !== QUESTION_TYPE || kid === undefined) return null;
    const found = await keys.find(kid);
    if (!found.ok) return null;
    return (await compactVerify(assertion, found.key, { algorithms: ['ES256'] })).payload;
  } catch {
    return null;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
