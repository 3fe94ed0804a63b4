import type { RegisterAnswer } from './register-port.ts';

/** One word for what a register holds of a visa, whatever it answered. */
export type VisaFactStatus =
  | 'in_effect'
  | 'expired'
  | 'cancelled'
  | 'not_found'
  | 'pending'
  | 'unavailable';

/** The contract with an immigration register in one flat row: what every reader of an answer may count on. */
export interface VisaFacts {
  visaNumber: string | null;
  visaClass: string | null;
  /** Null: any number. */
  entriesAllowed: number | null;
  entriesUsed: number | null;
  validFrom: string | null;
  validUntil: string | null;
  durationOfStayDays: number | null;
  /** Of the admission; a visa's own days never stand in for it. */
  admittedUntil: string | null;
  conditions: readonly string[];
  /** Null: the register does not say. */
  workAllowed: boolean | null;
  status: VisaFactStatus;
  asOf: string | null;
  source: string | null;
}

/**
 * An answer as one row. `not_found` is said only where a register said it, of the person or of a visa; silence is
 * `unavailable`. A visa whose entries are used up may be used no more: `expired`, with its entries beside it.
 */
export function visaFacts(answer: RegisterAnswer): VisaFacts {
  const said = 'asOf' in answer ? { asOf: answer.asOf, source: answer.source } : SILENT;
  if (answer.kind !== 'found') return { ...NOTHING, ...said, status: answer.kind };
  const { visa, admission } = answer;
  const stay = {
    admittedUntil: admission?.admittedUntil ?? null,
    conditions: admission?.conditions ?? [],
    workAllowed: admission?.workAllowed ?? null,
  };
  if (!visa) return { ...NOTHING, ...stay, ...said, status: 'not_found' };
  return {
    visaNumber: visa.number,
    visaClass: visa.class,
    entriesAllowed: visa.entriesAllowed,
    entriesUsed: visa.entriesUsed,
    validFrom: visa.validFrom,
    validUntil: visa.validUntil,
    durationOfStayDays: visa.durationOfStayDays,
    ...stay,
    ...said,
    status: visa.status === 'used' ? 'expired' : visa.status,
  };
}

const SILENT = { asOf: null, source: null };
const NOTHING = {
  visaNumber: null,
  visaClass: null,
  entriesAllowed: null,
  entriesUsed: null,
  validFrom: null,
  validUntil: null,
  durationOfStayDays: null,
  admittedUntil: null,
  conditions: [],
  workAllowed: null,
};
