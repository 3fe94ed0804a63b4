import type { Clock } from '../../lib/clock.ts';
import type { RegisterStatement } from '../../visas/register-answer.ts';
import { QUESTION_LIFETIME_SECONDS } from '../../visas/register-envelope.ts';
import type { RegisterQuestion } from '../../visas/register-port.ts';
import type { AnswerBinding } from './check-question.ts';
import type { SandboxState } from './sandbox-state.ts';

export const SANDBOX_SOURCE = 'sandbox_immigration';

/**
 * What the records say of a question: the person whose document this is and whose birth date it is. The right number
 * with another birth date is not found, so that nobody learns a date by trying.
 */
export function lookUp(
  question: Omit<RegisterQuestion, 'requestId'>,
  state: SandboxState,
  clock: Clock,
): RegisterStatement {
  const said = { asOf: clock.now().toISOString(), source: SANDBOX_SOURCE };
  const record = state.findByDocument(question.issuingState, question.documentNumber);
  const document = record?.documents.find(
    (held) =>
      held.issuingState === question.issuingState &&
      held.documentNumber === question.documentNumber,
  );
  if (!record || !document || record.person.dateOfBirth !== question.dateOfBirth)
    return { kind: 'not_found', ...said };
  if (question.visaNumber !== undefined && record.visa?.number !== question.visaNumber)
    return { kind: 'not_found', ...said };
  const { documents: _, workPermit: _labour, ...parts } = record;
  return { kind: 'found', ...parts, document, ...said };
}

/** The claims that bind a statement to the question it answers. */
export function answerClaims(
  statement: unknown,
  parties: { issuer: string; clientId: string },
  binding: AnswerBinding,
  issuedAt: Date,
) {
  const iat = Math.floor(issuedAt.getTime() / 1000);
  return {
    iss: parties.issuer,
    aud: parties.clientId,
    iat,
    exp: iat + QUESTION_LIFETIME_SECONDS,
    request_id: binding.requestId,
    in_reply_to: binding.assertionId,
    question_hash: binding.questionHash,
    answer: statement,
  };
}
