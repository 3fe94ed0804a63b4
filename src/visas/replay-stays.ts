import { z } from 'zod';
import { ADMISSION_BASES } from './register-answer.ts';
import { ruleOf, stayUnder } from './stay-rules.ts';
import type { StayRule } from './stay-rules.ts';

/** One stay of a replay: synthetic, or exported without anything that tells whose it is. */
export const replayedStay = z.strictObject({
  /** The file's own key of the row: no number of a person or document. */
  id: z.string().regex(/^[\w-]{1,40}$/),
  basis: z.enum(ADMISSION_BASES),
  visaClass: z.string().nullable().default(null),
  issuingState: z.string().regex(/^[A-Z]{1,3}$/),
  admittedOn: z.iso.date(),
});
export type ReplayedStay = z.output<typeof replayedStay>;

/** What a rule gave a stay, in the words that can change. */
export interface StayOutcome {
  rule: string | null;
  lastDay: string | null;
  lastDayExtended: string | null;
  entries: string | null;
  work: string | null;
  reportingIntervalDays: number | null;
  reentryPermit: string | null;
}

export interface ReplayedRow {
  id: string;
  before: StayOutcome;
  after: StayOutcome;
  /** The names of what differs. */
  changed: (keyof StayOutcome)[];
}

export interface Replay {
  stays: number;
  unchanged: number;
  changed: number;
  /** No rule spoke of it before, or none does after. */
  gained: number;
  lost: number;
  /** How many stays each change touches. */
  byField: Partial<Record<keyof StayOutcome, number>>;
  rows: ReplayedRow[];
}

/** What a changed set of rules would change over stays, looked at on one day. Pure. */
export function replayStays(
  stays: readonly ReplayedStay[],
  rules: { before: readonly StayRule[]; after: readonly StayRule[] },
  on: string,
): Replay {
  const rows = stays.map((stay): ReplayedRow => {
    const before = outcomeOf(rules.before, stay, on);
    const after = outcomeOf(rules.after, stay, on);
    const fields = Object.keys(before) as (keyof StayOutcome)[];
    return {
      id: stay.id,
      before,
      after,
      changed: fields.filter((field) => before[field] !== after[field]),
    };
  });
  const changed = rows.filter((row) => row.changed.length > 0);
  const byField: Replay['byField'] = {};
  for (const row of changed)
    for (const field of row.changed) byField[field] = (byField[field] ?? 0) + 1;
  return {
    stays: rows.length,
    unchanged: rows.length - changed.length,
    changed: changed.length,
    gained: changed.filter(({ before, after }) => before.rule === null && after.rule !== null)
      .length,
    lost: changed.filter(({ before, after }) => before.rule !== null && after.rule === null).length,
    byField,
    rows: changed,
  };
}

function outcomeOf(rules: readonly StayRule[], stay: ReplayedStay, on: string): StayOutcome {
  const rule = ruleOf(rules, stay);
  const under = stayUnder(rules, stay, on);
  return {
    rule: rule && `${rule.code} from ${rule.effectiveFrom}`,
    lastDay: under?.lastDay ?? null,
    lastDayExtended: under?.lastDayExtended ?? null,
    entries: rule?.entries ?? null,
    work: rule?.work ?? null,
    reportingIntervalDays: rule?.reportingIntervalDays ?? null,
    reentryPermit: rule?.reentryPermit ?? null,
  };
}
