import { addSeconds, toPlainDate } from '../lib/clock.ts';
import type { RegisterAdmission, RegisterFound } from './register-answer.ts';
import type { RegisterAnswer } from './register-port.ts';

/** DESIGN section 3. */
export type StayStatus =
  | 'not_yet_admitted'
  | 'lawful_until'
  | 'indefinite'
  | 'under_consideration'
  | 'exempt'
  | 'expired'
  | 'departed'
  | 'unknown';

/** What the permitted stay rests on; `revoked` where it was taken back, `none` where there is no permission. */
export type StayBasis = RegisterAdmission['basis'] | 'revoked' | 'none';

/** A stay as recorded: enough to tell again, on any later day, without asking the register (`stayOn`). */
export interface StayFacts {
  status: StayStatus;
  /** The last day in Thailand on which the person may be there, `YYYY-MM-DD`; null where no day ends it or none began. */
  admittedUntil: string | null;
  basis: StayBasis;
  /** The register's own as-of, ISO 8601 in UTC; null where it said nothing. */
  asOf: string | null;
  source: string | null;
}

const BANGKOK_OFFSET_SECONDS = 7 * 3600;

/** The calendar day in Thailand at an instant: UTC+7 all year, no daylight saving. */
export function bangkokDate(instant: Date): string {
  return toPlainDate(addSeconds(instant, BANGKOK_OFFSET_SECONDS));
}

/**
 * The stay that a register's answer shows at `now`. Rests on the admission alone: neither a visa in effect nor one
 * that is used up, expired or cancelled says how long its holder may stay. No answer, no record: `unknown`.
 */
export function stayFrom(answer: RegisterAnswer, now: Date): StayFacts {
  if (answer.kind === 'found') return stayOn(recorded(answer), now);
  if (answer.kind === 'unavailable') return nothing('unknown', { asOf: null, source: null });
  return nothing('unknown', answer);
}

/**
 * Recorded facts as they stand at `now`: a permission ends with its last day in Bangkok. Nothing but that ever changes
 * by time alone, and nothing becomes lawful again without a new answer.
 */
export function stayOn(facts: StayFacts, now: Date): StayFacts {
  const ends = facts.status === 'lawful_until' || facts.status === 'under_consideration';
  if (!ends) return facts;
  const inForce = facts.admittedUntil !== null && bangkokDate(now) <= facts.admittedUntil;
  return inForce ? facts : { ...facts, status: 'expired' };
}

function recorded(answer: RegisterFound): StayFacts {
  const { admission, departure, asOf, source } = answer;
  if (!admission) return nothing('not_yet_admitted', answer);
  if (departure && Date.parse(departure.departedAt) >= Date.parse(admission.admittedAt))
    return nothing('departed', answer);
  const { admittedUntil, underConsiderationUntil, basis, permission } = admission;
  if (admission.revokedAt)
    return { status: 'expired', admittedUntil, basis: 'revoked', asOf, source };
  if (permission !== 'until_date')
    return { status: permission, admittedUntil: null, basis, asOf, source };
  // While an extension is considered the stay lasts to the later of the two days.
  if (underConsiderationUntil && underConsiderationUntil > (admittedUntil ?? '')) {
    const until = underConsiderationUntil;
    return { status: 'under_consideration', admittedUntil: until, basis, asOf, source };
  }
  return { status: 'lawful_until', admittedUntil, basis, asOf, source };
}

function nothing(
  status: 'not_yet_admitted' | 'departed' | 'unknown',
  { asOf, source }: Pick<StayFacts, 'asOf' | 'source'>,
): StayFacts {
  return { status, admittedUntil: null, basis: 'none', asOf, source };
}
