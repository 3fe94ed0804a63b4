import type { CorrectionStatement, RegisterStatement, WatchStatement } from './register-answer.ts';

/** One question about one travel document. All of it goes into the hash that the answer is bound to. */
export interface RegisterQuestion {
  /** Ours, a UUID, the same for every try of one question: no personal data. */
  requestId: string;
  /** As in the machine-readable zone, fillers removed: `UTO`, `D`. */
  issuingState: string;
  documentNumber: string;
  /** `YYYY-MM-DD`; `XX` for a part that the document leaves unknown. */
  dateOfBirth: string;
  visaNumber?: string;
}

/**
 * Why there is no answer. None of these says anything about the person.
 * `replay`: an answer to an earlier request. `wrong_question`: one about another document. `stale`: outside its own time.
 * `keys`: the register's public keys could not be had. `breaker_open`: not asked, too many failures just before.
 */
export type UnavailableReason =
  | 'timeout'
  | 'connection'
  | 'http'
  | 'refused'
  | 'too_large'
  | 'redirect'
  | 'content_type'
  | 'malformed'
  | 'signature'
  | 'wrong_party'
  | 'replay'
  | 'wrong_question'
  | 'stale'
  | 'keys'
  | 'breaker_open';

/**
 * `found`, `not_found` and `pending` are the register's own signed words; `unavailable` is ours, and is never
 * `not_found`: a case that meets it waits (DESIGN section 9).
 */
export type RegisterAnswer = RegisterStatement | Unavailable;

/** Nobody's word: there is no answer. */
export interface Unavailable {
  kind: 'unavailable';
  reason: UnavailableReason;
  attempts: number;
}

/** Whoever can answer for the immigration register. */
export interface RegisterPort {
  /** Asks, within bounded time; never throws for what the register does. */
  ask(question: RegisterQuestion): Promise<RegisterAnswer>;
}

/** A request to correct one entry. `requestId` is the same for every delivery: sending it again asks how it stands. */
export interface CorrectionRequest extends Omit<RegisterQuestion, 'visaNumber'> {
  entry: ContestedEntry;
  /** What the holder says is right, in their words. */
  statement: string;
}

/** What of a register's record can be contested. */
export const CONTESTED_ENTRIES = [
  'name',
  'date_of_birth',
  'nationality',
  'document',
  'visa',
  'stay',
  'departure',
  'work',
] as const;
export type ContestedEntry = (typeof CONTESTED_ENTRIES)[number];

/** A register that takes requests to correct its entries. */
export interface CorrectionPort {
  request(correction: CorrectionRequest): Promise<CorrectionStatement | Unavailable>;
}

/** A list of documents reported lost or stolen, or of persons to be watched for: asked as a register is. */
export interface WatchPort {
  ask(question: RegisterQuestion): Promise<WatchStatement | Unavailable>;
}
