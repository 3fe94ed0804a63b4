import { civilDate } from './civil-date.ts';

export const STAY_STATUSES = [
  'not_yet_admitted',
  'lawful_until',
  'indefinite',
  'under_consideration',
  'exempt',
  'expired',
  'departed',
  'unknown',
] as const;
export type StayStatus = (typeof STAY_STATUSES)[number];

/**
 * What a register said of the stay, as of a moment: what `visas` records fits. A fact beside the levels: it never
 * moves them.
 */
export interface StayFacts {
  status: StayStatus;
  /** Last day of the permitted stay, `YYYY-MM-DD`; with `lawful_until` and `under_consideration` always. */
  admittedUntil: string | null;
  /** What the stay rests on, as the register codes it. */
  basis: string | null;
  /** The register's own as-of, ISO 8601 in UTC; null where it said nothing. */
  asOf: string | null;
  /** Which register answered. */
  source: string | null;
}

/** The stay as it is at `now`: a permission whose last day has passed is over without any message saying so. */
export function stayAt(facts: StayFacts | null, now: Date): StayStatus {
  if (facts === null) return 'unknown';
  if (facts.status !== 'lawful_until' && facts.status !== 'under_consideration')
    return facts.status;
  const inForce = facts.admittedUntil !== null && civilDate(now) <= facts.admittedUntil;
  return inForce ? facts.status : 'expired';
}

const LAWFUL: Readonly<Record<StayStatus, boolean>> = {
  not_yet_admitted: false,
  lawful_until: true,
  indefinite: true,
  under_consideration: true,
  exempt: true,
  expired: false,
  departed: false,
  unknown: false,
};

/** Whether the person may lawfully be here at this status: a pending application lets its holder stay. */
export function isLawfulStay(status: StayStatus): boolean {
  return LAWFUL[status];
}
