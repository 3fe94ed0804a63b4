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

/** What a register said of the stay, as of a moment. A fact beside the levels: it never moves them. */
export interface StayFacts {
  status: StayStatus;
  /** Last lawful day, `YYYY-MM-DD`; with `lawful_until` always, else where the register gives one. */
  admittedUntil: string | null;
  /** The visa class or scheme the stay rests on, as the register codes it. */
  basis: string | null;
  asOf: Date;
  /** Which register answered. */
  source: string;
}

/** The stay as it is at `now`: a permitted stay whose last day has passed is over without any message saying so. */
export function stayAt(facts: StayFacts | null, now: Date): StayStatus {
  if (facts === null) return 'unknown';
  if (facts.status !== 'lawful_until') return facts.status;
  if (facts.admittedUntil === null) return 'unknown';
  return civilDate(now) <= facts.admittedUntil ? 'lawful_until' : 'expired';
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
