import { createHash } from 'node:crypto';
import { z } from 'zod';
import { birthDate, documentNumber, stateCode, visaNumber } from './register-answer.ts';
import { CONTESTED_ENTRIES } from './register-port.ts';

/** The HTTP contract with a register, both sides of it: docs/immigration-register.md. */

export const QUESTION_PATH = '/v1/questions';
export const CORRECTION_PATH = '/v1/corrections';
export const JWKS_PATH = '/.well-known/jwks.json';
export const QUESTION_TYPE = 'register-question+jwt';
export const ANSWER_TYPE = 'register-answer+jwt';
export const ANSWER_MEDIA_TYPE = 'application/jose';
/** A question may be delivered, and its answer read, within this time of being signed. */
export const QUESTION_LIFETIME_SECONDS = 60;
export const ANSWER_LIFETIME_MAX_SECONDS = 300;
export const CLOCK_TOLERANCE_SECONDS = 30;

/** What binds signature and answer to the exact bytes that were asked: SHA-256, base64url. */
export function questionHash(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url');
}

/** The body of a question, JSON. */
export const questionBody = z.object({
  requestId: z.uuid(),
  issuingState: stateCode,
  documentNumber,
  dateOfBirth: birthDate,
  visaNumber: visaNumber.optional(),
});

/** The body of a request to correct an entry, JSON. */
export const correctionBody = z.object({
  requestId: z.uuid(),
  issuingState: stateCode,
  documentNumber,
  dateOfBirth: birthDate,
  entry: z.enum(CONTESTED_ENTRIES),
  statement: z.string().min(1).max(2000),
});

/** The claims of the assertion that signs a question (RFC 7523 §3, plus the hash of the body). */
export const questionClaims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  jti: z.string().min(16).max(128),
  iat: z.int(),
  exp: z.int(),
  question_hash: z.string(),
});

/** What every signed answer says about itself; `answer` is parsed after all of this has been checked. */
export const answerEnvelope = z.object({
  iss: z.string(),
  aud: z.string(),
  iat: z.int(),
  exp: z.int(),
  /** `requestId` of the question. */
  request_id: z.string(),
  /** `jti` of the assertion that carried it: an answer to an earlier try is a replay too. */
  in_reply_to: z.string(),
  question_hash: z.string(),
  answer: z.unknown(),
});
