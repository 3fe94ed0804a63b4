import type { z } from 'zod';
import { plainNumber, plainState } from './compare-person.ts';
import { correctionStatement, registerStatement, watchStatement } from './register-answer.ts';
import type { CorrectionStatement, RegisterStatement, WatchStatement } from './register-answer.ts';
import { CORRECTION_PATH, QUESTION_PATH } from './register-envelope.ts';
import type { CorrectionRequest, RegisterQuestion } from './register-port.ts';

/** One thing that can be asked over the signed channel: where, what is sent, what may come back, and about whom. */
export interface SignedContract<
  Asked extends { requestId: string },
  Said extends { kind: string },
> {
  path: string;
  /** What is sent, field by field: nothing that a caller's object holds besides. */
  body(asked: Asked): object;
  statement: z.ZodType<Said>;
  isAbout(asked: Asked, said: Said): boolean;
}

const questionFields = (question: RegisterQuestion) => {
  const { requestId, issuingState, documentNumber, dateOfBirth, visaNumber } = question;
  return { requestId, issuingState, documentNumber, dateOfBirth, visaNumber };
};

/** Registers of persons: immigration, labour, civil registration … (docs/immigration-register.md). */
export const registerContract: SignedContract<RegisterQuestion, RegisterStatement> = {
  path: QUESTION_PATH,
  body: questionFields,
  statement: registerStatement,
  isAbout(question, statement) {
    if (statement.kind !== 'found') return true;
    const { document, visa } = statement;
    const sameDocument =
      plainState(document.issuingState) === plainState(question.issuingState) &&
      plainNumber(document.documentNumber) === plainNumber(question.documentNumber);
    const sameVisa = question.visaNumber === undefined || visa?.number === question.visaNumber;
    return sameDocument && sameVisa;
  },
};

/** Lists of lost documents and of persons: they repeat nothing of whom they were asked about. */
export const watchContract: SignedContract<RegisterQuestion, WatchStatement> = {
  path: QUESTION_PATH,
  body: questionFields,
  statement: watchStatement,
  isAbout: () => true,
};

export const correctionContract: SignedContract<CorrectionRequest, CorrectionStatement> = {
  path: CORRECTION_PATH,
  body: ({ requestId, issuingState, documentNumber, dateOfBirth, entry, statement }) => ({
    requestId,
    issuingState,
    documentNumber,
    dateOfBirth,
    entry,
    statement,
  }),
  statement: correctionStatement,
  isAbout: () => true,
};
