import type { ChipDocument } from '../documents/chip-verdict.ts';
import { comparePerson } from '../visas/compare-person.ts';
import type { PersonComparison } from '../visas/compare-person.ts';
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
}

/**
 * What a register's word means for the examined document. It contradicts where the person differs or where it does not hold
 * the document to be in use; visa and stay are told, and move nothing (DESIGN section 3).
 */
export function judgeRegister(
  word: RegisterWord,
  document: ChipDocument,
  now: Date,
): RegisterJudgement {
  const stay = stayFrom(word, now);
  if (word.kind === 'not_found')
    return {
      finding: 'no_record',
      checks: [check('register_record', 'unknown', 'no_record')],
      comparison: null,
      stay,
      entryPhotoHeld: false,
    };
  const comparison = comparePerson(word, document);
  const inUse = word.document.status === 'current';
  return {
    finding: comparison.agree && inUse ? 'agrees' : 'contradicts',
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
    ],
    comparison,
    stay,
    entryPhotoHeld: word.entryPhotoHeld,
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
