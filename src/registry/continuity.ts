import { plainState } from '../visas/compare-person.ts';
import { nameForms, soundForms } from './name-keys.ts';
import type { PersonAttributes } from './person.ts';

/** What the deciding officer saw when comparing the earlier portrait with the live one. */
export type PortraitComparison = 'match' | 'differ' | 'not_available';

/** What is compared between a person on record and a document that is said to be theirs too. */
export interface ContinuityFacts {
  /** As each document on record tells the person; the latest first. */
  known: readonly PersonAttributes[];
  claimed: PersonAttributes;
  /** A document of the person that an earlier proof rests on is on file, neither lost nor stolen. */
  earlierDocument: 'on_file' | 'lost' | 'none';
  /**
   * The immigration register's own key of the applicant: this person's, somebody else's on our record, or one that is new
   * to us though it has another for this person (two passports may be two keys there).
   */
  registerPerson: 'same' | 'other' | 'another_key' | 'unknown';
  portraits: PortraitComparison;
}

export type ContinuityCheck =
  | 'earlier_document'
  | 'name'
  | 'date_of_birth'
  | 'nationality'
  | 'register_person'
  | 'portraits';

/** `agrees`; `differs`: explicable, for two officers; `contradicts`: it is another human. */
export type ContinuityResult = 'agrees' | 'unknown' | 'differs' | 'contradicts';

export interface Continuity {
  checks: Readonly<Record<ContinuityCheck, ContinuityResult>>;
  /**
   * `holds`: one officer may join the document to the person. `override`: only with a second officer. `broken`: nobody may;
   * a renewal is then none.
   */
  verdict: 'holds' | 'override' | 'broken';
}

/**
 * Whether a new document continues a person on record (DESIGN section 4, issue 5.6): the old passport's record, the name in
 * any of its forms, the birth date, the register's person id, and the portraits as an officer compared them. Pure. A
 * machine never decides by it: it says how many officers must.
 */
export function continuityOf(facts: ContinuityFacts): Continuity {
  const checks = {
    earlier_document: earlierDocument(facts.earlierDocument),
    name: anyKnown(facts, sameName),
    date_of_birth: anyKnown(facts, (a, b) => a.dateOfBirth === b.dateOfBirth),
    nationality: anyKnown(facts, (a, b) => plainState(a.nationality) === plainState(b.nationality)),
    register_person: REGISTER[facts.registerPerson],
    portraits: PORTRAITS[facts.portraits],
  } satisfies Record<ContinuityCheck, ContinuityResult>;
  return { checks, verdict: verdictOf(checks) };
}

const REGISTER = {
  same: 'agrees',
  other: 'contradicts',
  another_key: 'differs',
  unknown: 'unknown',
} as const satisfies Record<ContinuityFacts['registerPerson'], ContinuityResult>;

const PORTRAITS = {
  match: 'agrees',
  differ: 'contradicts',
  not_available: 'unknown',
} as const satisfies Record<PortraitComparison, ContinuityResult>;

function verdictOf(checks: Continuity['checks']): Continuity['verdict'] {
  const found = Object.values(checks);
  if (found.includes('contradicts')) return 'broken';
  // Neither name nor birth date: nothing that a document says connects the two.
  if (checks.name === 'differs' && checks.date_of_birth === 'differs') return 'broken';
  // Another nationality is ordinary; everything else that differs or is missing takes two officers.
  const plain =
    checks.name === 'agrees' &&
    checks.date_of_birth === 'agrees' &&
    checks.portraits === 'agrees' &&
    checks.register_person !== 'differs' &&
    checks.earlier_document === 'agrees';
  return plain ? 'holds' : 'override';
}

function earlierDocument(found: ContinuityFacts['earlierDocument']): ContinuityResult {
  return ({ on_file: 'agrees', lost: 'differs', none: 'unknown' } as const)[found];
}

function anyKnown(
  { known, claimed }: ContinuityFacts,
  same: (a: PersonAttributes, b: PersonAttributes) => boolean,
): ContinuityResult {
  if (known.length === 0) return 'unknown';
  return known.some((person) => same(person, claimed)) ? 'agrees' : 'differs';
}

function sameName(a: PersonAttributes, b: PersonAttributes): boolean {
  const forms = new Set([...nameForms(a), ...soundForms(a)]);
  return [...nameForms(b), ...soundForms(b)].some((form) => forms.has(form));
}
