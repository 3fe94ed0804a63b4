import type { ChipDocument } from '../documents/chip-verdict.ts';
import { comparePerson } from '../visas/compare-person.ts';
import type { PersonComparison } from '../visas/compare-person.ts';
import { compareRegisters, stayAuthority } from '../visas/compare-registers.ts';
import type { RegisterComparison, SourcedAnswer } from '../visas/compare-registers.ts';
import type { RegisterFound, RegisterStatement } from '../visas/register-answer.ts';
import { stayFrom } from '../visas/stay.ts';
import type { StayFacts } from '../visas/stay.ts';
import type { RegisterFinding } from './case-state.ts';
import type { CheckRow } from './examination-store.ts';

/** A register's word, once it is one: `pending` and `unavailable` are none. */
export type RegisterWord = Exclude<RegisterStatement, { kind: 'pending' }>;

export interface RegisterJudgement {
  finding: RegisterFinding;
  checks: CheckRow[];
  /** For officers alone (DESIGN section 9). */
  comparison: PersonComparison | null;
  stay: StayFacts;
  entryPhotoHeld: boolean;
  /** Every fact with what each register says of it; for officers alone. */
  sources: RegisterComparison;
}

/** How the immigration register is named beside the others. */
const MAIN = { name: 'immigration', kind: 'immigration', required: true } as const;
const ALONE = { others: [], lagSeconds: 900 };

/**
 * What the registers' words mean for the examined document. They contradict where one of them means another person, or
 * where immigration does not hold the document to be in use; visa and stay are told, and move nothing (DESIGN section 3). The
 * stay is that of the register entitled to tell it (compare-registers.ts).
 */
export function judgeRegister(
  word: RegisterWord,
  document: ChipDocument,
  now: Date,
  beside: { others: readonly SourcedAnswer[]; lagSeconds: number } = ALONE,
): RegisterJudgement {
  const { others, lagSeconds } = beside;
  const main = { register: { ...MAIN, lagSeconds }, answer: word };
  const all = [main, ...others];
  const sources = compareRegisters(all, now);
  const stay = stayFrom(stayAuthority(all) ?? word, now);
  const elsewhere = judgeOthers(others, document, sources);
  const common = { stay, sources };
  if (word.kind === 'not_found')
    return {
      ...common,
      finding: elsewhere.contradicts ? 'contradicts' : 'no_record',
      checks: [check('register_record', 'unknown', 'no_record'), ...elsewhere.checks],
      comparison: null,
      entryPhotoHeld: false,
    };
  const comparison = comparePerson(word, document);
  const inUse = word.document.status === 'current';
  return {
    ...common,
    finding: comparison.agree && inUse && !elsewhere.contradicts ? 'agrees' : 'contradicts',
    checks: [
      check('register_record', 'passed'),
      comparison.agree
        ? check('register_person', 'passed', comparison.notes[0])
        : check(
            'register_person',
            'failed',
            comparison.differences.map(({ field }) => field).join('+'),
          ),
      inUse
        ? check('register_document', 'passed')
        : check('register_document', 'failed', word.document.status),
      visaCheck(word),
      check('register_stay', stay.status === 'unknown' ? 'unknown' : 'passed', stay.status),
      ...elsewhere.checks,
    ],
    comparison,
    entryPhotoHeld: word.entryPhotoHeld,
  };
}

/** Whether another register means somebody else, and where the registers differ among themselves. */
function judgeOthers(
  others: readonly SourcedAnswer[],
  document: ChipDocument,
  { facts, silent }: RegisterComparison,
): { contradicts: boolean; checks: CheckRow[] } {
  if (others.length === 0) return { contradicts: false, checks: [] };
  const strangers = others.filter(
    ({ answer }) => answer.kind === 'found' && !comparePerson(answer, document).agree,
  );
  const differing = facts.filter(({ disagree }) => disagree).map(({ fact }) => fact);
  const names = strangers.map(({ register }) => register.name);
  const quiet = others.filter(({ register }) =>
    silent.some((one) => one.register === register.name && one.kind !== 'not_found'),
  );
  return {
    contradicts: strangers.length > 0,
    checks: [
      strangers.length > 0
        ? check('other_registers_person', 'failed', names.join('+'))
        : quiet.length > 0
          ? check(
              'other_registers_person',
              'unknown',
              quiet.map((one) => one.register.name).join('+'),
            )
          : check('other_registers_person', 'passed'),
      differing.length > 0
        ? check('registers_agree', 'warned', differing.join('+'))
        : check('registers_agree', 'passed'),
    ],
  };
}

/** What the visa says of itself: a used or expired one is no finding against anybody who was admitted with it. */
function visaCheck({ visa, admission }: RegisterFound): CheckRow {
  if (!visa) return check('register_visa', 'skipped', 'no_visa');
  if (visa.status === 'cancelled') return check('register_visa', 'warned', 'cancelled');
  if (visa.status === 'expired' && !admission) return check('register_visa', 'warned', 'expired');
  return check('register_visa', 'passed', visa.status);
}

function check(name: string, outcome: CheckRow['outcome'], reason?: string): CheckRow {
  return { name, outcome, reason: reason ?? null, clause: null };
}
