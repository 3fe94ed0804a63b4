import { z } from 'zod';
import { ADMISSION_BASES } from './register-answer.ts';
import { addDays } from '../lib/clock.ts';
import type { RegisterFound } from './register-answer.ts';
import { bangkokDate } from './stay.ts';

/**
 * The rules of stays as dated data (docs/stay-rules.md). They tell what a visa or an exemption usually brings; the stay of a
 * person is what the register says of the admission, and no rule ever moves it.
 */
const date = z.iso.date();
const text = z.string().min(1).max(500);

export const STAY_RULE_KINDS = [
  'exemption',
  'visa_on_arrival',
  'tourist',
  'transit',
  'non_immigrant',
  'long_term',
  'extension',
  'obligation',
] as const;

export const stayRule = z
  .strictObject({
    /** As on the visa and in the register; of exemptions and the like our own: `EXEMPT-60`. */
    code: z.string().regex(/^[A-Z][A-Z0-9 -]{0,29}$/),
    kind: z.enum(STAY_RULE_KINDS),
    name: z.strictObject({ en: text, th: text }),
    /** The bases of an admission (register contract) that the rule speaks of. */
    bases: z.array(z.enum(ADMISSION_BASES)),
    /** Issuing states that an exemption or agreement names; null: all, or not known to us. */
    states: z
      .array(z.string().regex(/^[A-Z]{3}$/))
      .min(1)
      .nullable(),
    /** The most days of one entry, the day of entry counted; null where it varies or there are none. */
    stayPerEntryDays: z.int().min(1).max(36_500).nullable(),
    /** The most days of one extension by an officer; null where none, or it varies. */
    extensionDays: z.int().min(1).max(36_500).nullable(),
    entries: z.enum(['single', 'multiple', 'either', 'not_applicable']),
    /** `with_permit`: a work permit is needed besides; `included`: no further one is. */
    work: z.enum(['no', 'with_permit', 'included', 'varies']),
    /** How often the holder tells an address, in days of uninterrupted stay; null: never asked. */
    reportingIntervalDays: z.int().min(1).max(3660).nullable(),
    /** Whether leaving without one ends the permission to stay. */
    reentryPermit: z.enum(['needed', 'not_needed', 'varies', 'not_applicable']),
    effectiveFrom: date,
    /** The last day; null while it stands. */
    effectiveTo: date.nullable(),
    source: z.strictObject({ name: text, dated: date.nullable() }),
    confidence: z.enum(['high', 'medium', 'low']),
    /** Whether the competent office has looked at it. */
    review: z.enum(['unreviewed', 'reviewed']),
    /** Which two officers, and the day in Thailand on which the second one accepted it; only where it was. */
    reviewed: z.strictObject({ proposedBy: z.uuid(), acceptedBy: z.uuid(), on: date }).optional(),
    note: text.optional(),
  })
  .refine(
    ({ effectiveFrom, effectiveTo }) => effectiveTo === null || effectiveFrom <= effectiveTo,
    {
      error: 'ends before it begins',
      path: ['effectiveTo'],
    },
  );
export type StayRule = z.output<typeof stayRule>;

export const stayRuleSet = z.strictObject({
  /** What the set is, for the record. */
  title: text,
  rules: z.array(stayRule).min(1).max(2000).superRefine(refuseOverlaps),
});
export type StayRuleSet = z.output<typeof stayRuleSet>;

/** Two rules of one code in force on one day would make the answer depend on their order. */
function refuseOverlaps(rules: readonly StayRule[], ctx: z.RefinementCtx): void {
  for (const [index, rule] of rules.entries())
    for (const other of rules.slice(0, index)) {
      const apart = rule.code !== other.code || isBefore(rule, other) || isBefore(other, rule);
      if (!apart)
        ctx.addIssue({
          code: 'custom',
          path: [index],
          message: `${rule.code} from ${rule.effectiveFrom} overlaps with the one from ${other.effectiveFrom}`,
        });
    }
}

const isBefore = (one: StayRule, other: StayRule) =>
  one.effectiveTo !== null && one.effectiveTo < other.effectiveFrom;

/** What a rule is looked up by; of a person nothing else is needed, and nothing else is taken. */
export interface StayRuleFacts {
  basis: StayRule['bases'][number];
  visaClass: string | null;
  /** Of the travel document. */
  issuingState: string;
  /** The day in Thailand of the entry, or from which an extension runs, `YYYY-MM-DD`. */
  admittedOn: string;
}

/** What the rules say of one stay. */
export interface StayUnder {
  rule: StayRule;
  /** The last day that the rule gives an entry, the day of entry counted; null where it names no days. */
  lastDay: string | null;
  /** The last day with one extension. */
  lastDayExtended: string | null;
  /** The next day by which an address is told, on or after `on`; null where none is asked or the stay is over. */
  nextReportBy: string | null;
}

/**
 * What the rules give an entry, looked at on a day: pure. The rule is the one in force on the day of the entry, since a
 * permission once given is not changed by a later rule. Null where no rule speaks of it.
 */
export function stayUnder(
  rules: readonly StayRule[],
  facts: StayRuleFacts,
  on: string,
): StayUnder | null {
  const rule = ruleOf(rules, facts);
  if (!rule) return null;
  const { stayPerEntryDays, extensionDays, reportingIntervalDays } = rule;
  const { admittedOn } = facts;
  const lastDay = stayPerEntryDays === null ? null : addDays(admittedOn, stayPerEntryDays - 1);
  const lastDayExtended =
    lastDay && extensionDays !== null ? addDays(lastDay, extensionDays) : null;
  const nextReportBy =
    reportingIntervalDays === null ? null : nextReport(admittedOn, reportingIntervalDays, on);
  return { rule, lastDay, lastDayExtended, nextReportBy };
}

/** The rule of an entry: of its class where it rests on a visa, of its state before one for all where on an exemption. */
export function ruleOf(rules: readonly StayRule[], facts: StayRuleFacts): StayRule | null {
  const speaking = rules.filter(
    (rule) =>
      rule.bases.includes(facts.basis) &&
      (facts.basis !== 'visa' || rule.code === facts.visaClass) &&
      (rule.states === null || rule.states.includes(facts.issuingState)) &&
      rule.effectiveFrom <= facts.admittedOn &&
      (rule.effectiveTo === null || facts.admittedOn <= rule.effectiveTo),
  );
  const best = speaking.find(({ states }) => states !== null) ?? speaking[0];
  return best ?? null;
}

/** The rule of a code on a day: to name a class, whoever entered on it. */
export function ruleByCode(rules: readonly StayRule[], code: string, on: string): StayRule | null {
  const ofCode = rules.filter((rule) => rule.code === code && rule.effectiveFrom <= on);
  return ofCode.find(({ effectiveTo }) => effectiveTo === null || on <= effectiveTo) ?? null;
}

function nextReport(admittedOn: string, intervalDays: number, on: string): string {
  const day = 86_400_000;
  const passed = Math.max(0, (Date.parse(on) - Date.parse(admittedOn)) / day);
  const intervals = Math.max(1, Math.ceil((passed + 1) / intervalDays));
  return addDays(admittedOn, intervals * intervalDays - 1);
}

/** The facts of a rule from what a register said; null where it knows of no admission. */
export function factsOfRegister({
  document,
  visa,
  admission,
}: Pick<RegisterFound, 'document' | 'visa' | 'admission'>): StayRuleFacts | null {
  if (!admission) return null;
  return {
    basis: admission.basis,
    visaClass: visa?.class ?? null,
    issuingState: document.issuingState,
    admittedOn: bangkokDate(new Date(admission.admittedAt)),
  };
}
