import { addSeconds, toPlainDate } from '../../lib/clock.ts';
import type { RegisterAdmission } from '../../visas/register-answer.ts';
import { bangkokDate } from '../../visas/stay.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/** What one can let happen to a person in the sandbox. */
export const PLAYED_EVENTS = [
  'enter',
  'leave',
  'extend_stay',
  'ask_extension',
  'end_stay',
  'revoke_stay',
  'cancel_visa',
] as const;
export type PlayedEvent = (typeof PLAYED_EVENTS)[number];

export type Played =
  | { ok: true; record: SandboxRecord }
  /** `not_inside`, `already_inside`: the border says no. `visa_unusable`: none, or not today, or used up. */
  | { ok: false; reason: 'not_inside' | 'already_inside' | 'visa_unusable' };

const EXTENSION_DAYS = 30;

/** Lets an event happen at `now`: pure. Refuses what the border would. */
export function playEvent(record: SandboxRecord, event: PlayedEvent, now: Date): Played {
  if (event === 'enter') return enter(record, now);
  if (event === 'cancel_visa') {
    if (!record.visa) return { ok: false, reason: 'visa_unusable' };
    return { ok: true, record: { ...record, visa: { ...record.visa, status: 'cancelled' } } };
  }
  const { admission } = record;
  if (!admission || !isInside(record)) return { ok: false, reason: 'not_inside' };
  if (event === 'leave') {
    const departure = { departedAt: now.toISOString(), port: admission.port };
    return { ok: true, record: { ...record, departure } };
  }
  return { ok: true, record: { ...record, admission: changeStay(admission, event, now) } };
}

/** Admitted, and not departed since. */
export function isInside({ admission, departure }: SandboxRecord): boolean {
  if (!admission) return false;
  return !departure || Date.parse(departure.departedAt) < Date.parse(admission.admittedAt);
}

function changeStay(
  admission: RegisterAdmission,
  event: 'extend_stay' | 'ask_extension' | 'end_stay' | 'revoke_stay',
  now: Date,
): RegisterAdmission {
  const today = bangkokDate(now);
  const until = admission.admittedUntil ?? today;
  const later = addDays(until > today ? until : today, EXTENSION_DAYS);
  const untilDate = { permission: 'until_date', underConsiderationUntil: null } as const;
  switch (event) {
    case 'extend_stay':
      return {
        ...admission,
        ...untilDate,
        basis: 'extension',
        admittedUntil: later,
        revokedAt: null,
      };
    case 'ask_extension':
      return { ...admission, underConsiderationUntil: later };
    case 'end_stay':
      return { ...admission, ...untilDate, admittedUntil: addDays(today, -1) };
    case 'revoke_stay':
      return { ...admission, revokedAt: now.toISOString() };
    default:
      return event satisfies never;
  }
}

function enter(record: SandboxRecord, now: Date): Played {
  if (isInside(record)) return { ok: false, reason: 'already_inside' };
  const { visa } = record;
  const today = bangkokDate(now);
  const usable =
    visa?.status === 'in_effect' && visa.validFrom <= today && today <= visa.validUntil;
  if (!usable) return { ok: false, reason: 'visa_unusable' };
  const entriesUsed = visa.entriesUsed + 1;
  const usedUp = visa.entriesAllowed !== null && entriesUsed >= visa.entriesAllowed;
  const admission: RegisterAdmission = {
    admittedAt: now.toISOString(),
    port: 'Suvarnabhumi Airport',
    basis: 'visa',
    permission: 'until_date',
    // The day of entry is the first day of the stay.
    admittedUntil: addDays(today, (visa.durationOfStayDays ?? 30) - 1),
    underConsiderationUntil: null,
    revokedAt: null,
    conditions: record.admission?.conditions ?? [],
    workAllowed: record.admission?.workAllowed ?? false,
  };
  return {
    ok: true,
    record: {
      ...record,
      admission,
      visa: { ...visa, entriesUsed, status: usedUp ? 'used' : 'in_effect' },
    },
  };
}

/** `date` (`YYYY-MM-DD`) plus `days`, which may be negative. */
export function addDays(date: string, days: number): string {
  return toPlainDate(addSeconds(new Date(`${date}T00:00:00Z`), days * 86400));
}
