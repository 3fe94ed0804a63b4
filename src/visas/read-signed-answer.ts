import { compactVerify, decodeProtectedHeader } from 'jose';
import {
  ANSWER_LIFETIME_MAX_SECONDS,
  ANSWER_TYPE,
  CLOCK_TOLERANCE_SECONDS,
  answerEnvelope,
} from './register-envelope.ts';
import type { RegisterKeys } from './register-keys.ts';
import type { UnavailableReason } from './register-port.ts';
import type { SignedContract } from './signed-contract.ts';
import type { SignedQuestion } from './sign-question.ts';

export interface ExpectedAnswer<
  Asked extends { requestId: string },
  Said extends { kind: string },
> {
  contract: SignedContract<Asked, Said>;
  registerIssuer: string;
  clientId: string;
  question: Asked;
  binding: SignedQuestion['binding'];
  keys: RegisterKeys;
  now: Date;
}

export type ReadAnswer<Said> =
  | { ok: true; statement: Said }
  | { ok: false; reason: UnavailableReason };

/**
 * Reads an answer: a compact JWS (RFC 7515) by a key of the register, to us, in its time, to this very request about
 * this very document. The statement itself is looked at last, so that nothing unproven is ever parsed for its meaning.
 */
export async function readSignedAnswer<
  Asked extends { requestId: string },
  Said extends { kind: string },
>(jws: string, expected: ExpectedAnswer<Asked, Said>): Promise<ReadAnswer<Said>> {
  const verified = await verifySignature(jws, expected.keys);
  if (typeof verified === 'string') return { ok: false, reason: verified };
  const envelope = answerEnvelope.safeParse(parseJson(verified));
  if (!envelope.success) return { ok: false, reason: 'malformed' };
  const fault = envelopeFault(envelope.data, expected);
  if (fault) return { ok: false, reason: fault };
  const statement = expected.contract.statement.safeParse(envelope.data.answer);
  if (!statement.success) return { ok: false, reason: 'malformed' };
  if (!expected.contract.isAbout(expected.question, statement.data))
    return { ok: false, reason: 'wrong_question' };
  return { ok: true, statement: statement.data };
}

async function verifySignature(
  jws: string,
  keys: RegisterKeys,
): Promise<Uint8Array | UnavailableReason> {
  let header;
  try {
    header = decodeProtectedHeader(jws);
  } catch {
    return 'malformed';
  }
  // RFC 8725 §3.1, §3.11: one algorithm, one type, whatever the message says of itself.
  if (header.alg !== 'ES256' || header.typ !== ANSWER_TYPE) return 'signature';
  if (typeof header.kid !== 'string') return 'signature';
  const found = await keys.find(header.kid);
  if (!found.ok) return found.reason === 'unavailable' ? 'keys' : 'signature';
  try {
    return (await compactVerify(jws, found.key, { algorithms: ['ES256'] })).payload;
  } catch {
    return 'signature';
  }
}

function envelopeFault(
  envelope: {
    iss: string;
    aud: string;
    iat: number;
    exp: number;
    request_id: string;
    in_reply_to: string;
    question_hash: string;
  },
  expected: Pick<ExpectedAnswer<never, never>, 'registerIssuer' | 'clientId' | 'binding' | 'now'>,
): UnavailableReason | null {
  const { registerIssuer, clientId, binding } = expected;
  if (envelope.iss !== registerIssuer || envelope.aud !== clientId) return 'wrong_party';
  const now = expected.now.getTime() / 1000;
  const { iat, exp } = envelope;
  if (iat > now + CLOCK_TOLERANCE_SECONDS || exp <= now - CLOCK_TOLERANCE_SECONDS) return 'stale';
  if (exp - iat > ANSWER_LIFETIME_MAX_SECONDS || exp < iat) return 'stale';
  if (envelope.request_id !== binding.requestId) return 'replay';
  if (envelope.in_reply_to !== binding.assertionId) return 'replay';
  return envelope.question_hash === binding.questionHash ? null : 'wrong_question';
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
