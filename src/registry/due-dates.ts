import { addDays } from '../lib/clock.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { App } from '../lib/app.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import {
  countWaitingReminders,
  listEndingStays,
  listPersonsToWatch,
  listStaleStays,
  markReminded,
  planReminders,
  takeWaitingReminders,
  upsertCheck,
} from './due-date-store.ts';

/**
 * What of a person ends on a day: the last travel document that counts, the permission to stay (both good on that day
 * still), the proof (carries nothing from that day on).
 */
export const DUE_KINDS = ['document', 'stay', 'proof'] as const;
export type DueKind = (typeof DUE_KINDS)[number];

/** Days before the end on which the holder is told; 0: it has ended, which services are told. */
export const DAYS_BEFORE = [30, 7, 1, 0] as const;
export type DaysBefore = (typeof DAYS_BEFORE)[number];

/** A day that comes, or has come, for somebody. */
export interface Reminder {
  personId: PersonId;
  /** Null: the account went meanwhile. */
  accountId: AccountId | null;
  kind: DueKind;
  dueOn: string;
  daysBefore: DaysBefore;
}

/** So many days late a reminder is still sent: a stop of the jobs over a long week-end loses none. */
const LATE_DAYS = 3;

/**
 * Puts down who is to be told today, each day of each person once however often this runs; gives how many wait now. `today`
 * is the day in Bangkok.
 */
export async function planDueReminders(tx: Tx, app: App, today: string): Promise<number> {
  for (const kind of DUE_KINDS)
    for (const daysBefore of DAYS_BEFORE)
      await planReminders(tx, {
        kind,
        daysBefore,
        at: app.clock.now(),
        ...window(kind, daysBefore, today),
      });
  return countWaitingReminders(tx);
}

function window(kind: DueKind, daysBefore: DaysBefore, today: string) {
  // A document and a stay are good on their last day; a proof carries nothing from its day on.
  const ended = kind === 'proof' ? 0 : -1;
  const until = addDays(today, daysBefore === 0 ? ended : daysBefore);
  const from = addDays(until, -LATE_DAYS);
  return {
    from: daysBefore > 0 && from <= addDays(today, ended) ? addDays(today, ended + 1) : from,
    until,
  };
}

/** Takes up to `limit` of those who wait: nobody else takes them in this transaction's time. */
export function takeReminders(tx: Tx, limit: number): Promise<Reminder[]> {
  return takeWaitingReminders(tx, limit);
}

/** They were told. */
export function noteReminded(tx: Tx, reminders: readonly Reminder[], at: Date): Promise<void> {
  return markReminded(tx, reminders, at);
}

export interface StayToAsk {
  personId: PersonId;
  endsSoon: boolean;
}

/** Days before its end from which a stay is asked about daily: extensions come late. */
export const ENDS_SOON_DAYS = 14;
/** A word of the register that is older counts as stale, and is asked for again. */
export const STALE_DAYS = 30;

/**
 * The stays that the register is to be asked about now, at most `limit`: those that end soon or ended just now before
 * those whose answer is stale, nobody before their next turn.
 */
export async function staysToAsk(
  db: Db | Tx,
  given: { now: Date; today: string; limit: number },
): Promise<StayToAsk[]> {
  const { now, today, limit } = given;
  const [from, until] = [addDays(today, -2), addDays(today, ENDS_SOON_DAYS)];
  const ending = await listEndingStays(db, { from, until, now, limit });
  if (ending.length >= limit) return ending;
  const asOfBefore = new Date(now.getTime() - STALE_DAYS * 86_400_000);
  const stale = await listStaleStays(db, { asOfBefore, now, limit });
  const known = new Set(ending.map(({ personId }) => personId));
  return [...ending, ...stale.filter(({ personId }) => !known.has(personId))].slice(0, limit);
}

/** What came of asking about a stay, and when it may be asked about again. */
export type StayCheckOutcome = 'changed' | 'unchanged' | 'no_record' | 'no_answer';

export function noteStayCheck(
  tx: Tx,
  check: { personId: PersonId; askedAt: Date; outcome: StayCheckOutcome; askAfter: Date },
): Promise<void> {
  return upsertCheck(tx, 'stay_checks', check);
}

/** Whom lost-or-stolen and watch lists are to be asked about now, at most `limit`. */
export function personsToWatch(
  db: Db | Tx,
  given: { now: Date; limit: number },
): Promise<PersonId[]> {
  return listPersonsToWatch(db, given);
}

/** Whether every list spoke of every document; never what they said. */
export type WatchCheckOutcome = 'answered' | 'no_answer' | 'nothing_to_ask';

export function noteWatchCheck(
  db: Db | Tx,
  check: { personId: PersonId; askedAt: Date; outcome: WatchCheckOutcome; askAfter: Date },
): Promise<void> {
  return upsertCheck(db, 'watch_checks', check);
}
