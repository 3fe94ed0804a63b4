import { SignJWT, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { QUESTION_LIFETIME_SECONDS, QUESTION_TYPE, questionHash } from './register-envelope.ts';

export interface QuestionSigner {
  /** Who we are to the register. */
  clientId: string;
  /** Who the register is: the audience of our assertions, the issuer of its answers. */
  registerIssuer: string;
  key: CryptoKey | Uint8Array;
  keyId: string;
}

export interface SignedQuestion {
  body: string;
  assertion: string;
  /** What the answer must be bound to. */
  binding: { requestId: string; assertionId: string; questionHash: string };
}

/** Our private ES256 key, from its JWK. */
export function importSigningKey(jwk: JWK): Promise<CryptoKey | Uint8Array> {
  return importJWK(jwk, 'ES256');
}

/** Writes a question down as given and signs it, with an assertion id never used before (RFC 7523 §3, item 7). */
export async function signQuestion(
  question: { requestId: string },
  signer: QuestionSigner,
  source: { clock: Clock; random: Random },
): Promise<SignedQuestion> {
  const { requestId } = question;
  const body = JSON.stringify(question);
  const assertionId = source.random.token(24);
  const hash = questionHash(body);
  const issuedAt = Math.floor(source.clock.now().getTime() / 1000);
  const assertion = await new SignJWT({ question_hash: hash })
    .setProtectedHeader({ alg: 'ES256', typ: QUESTION_TYPE, kid: signer.keyId })
    .setIssuer(signer.clientId)
    .setSubject(signer.clientId)
    .setAudience(signer.registerIssuer)
    .setJti(assertionId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + QUESTION_LIFETIME_SECONDS)
    .sign(signer.key);
  return { body, assertion, binding: { requestId, assertionId, questionHash: hash } };
}
