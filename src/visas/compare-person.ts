import { nameSpellings } from './normalise-name.ts';
import type { RegisterDocument, RegisterPerson } from './register-answer.ts';

/** The holder as the examined document tells it; a `ChipDocument` (documents/chip-verdict.ts) fits. */
export interface DocumentHolder {
  issuingState: string;
  documentNumber: string;
  nationality: string;
  primaryIdentifier: string;
  /** Empty for a single-name holder. */
  secondaryIdentifier: string;
  /** The machine-readable zone had no room for the whole name. */
  nameMayBeTruncated: boolean;
  /** The name as printed, any script, where the chip holds it. */
  fullNamePrinted?: string;
  /** `YYYY-MM-DD`, `XX` for an unknown part. */
  dateOfBirth: string;
}

export type PersonField =
  | 'name'
  | 'date_of_birth'
  | 'nationality'
  | 'document_number'
  | 'issuing_state';

/** For the deciding officer alone: an applicant never learns which of these it was (DESIGN section 9). */
export interface PersonDifference {
  field: PersonField;
  register: string;
  document: string;
}

/** In what way the two agree though they are not letter for letter the same; for the officer too. */
export type PersonNote = 'name_order' | 'name_spacing' | 'name_truncated' | 'birth_date_partial';

export interface PersonComparison {
  agree: boolean;
  differences: readonly PersonDifference[];
  notes: readonly PersonNote[];
}

/**
 * Whether the register's person and document are those of the examined document. Names may differ in
 * transliteration, order and spacing (Doc 9303-3 §4.6, §6), and a truncated one may be the start of the other; a missing
 * or another word is a difference. Everything else must be equal; an unknown part of a birth date contradicts nothing.
 */
export function comparePerson(
  register: { person: RegisterPerson; document: RegisterDocument },
  holder: DocumentHolder,
): PersonComparison {
  const { person, document } = register;
  const differences: PersonDifference[] = [];
  const notes: PersonNote[] = [];
  const compare = (field: PersonField, ours: string, theirs: string, equal: boolean): void => {
    if (!equal) differences.push({ field, register: theirs, document: ours });
  };

  const name = compareNames(person.nameAsRecorded, holder);
  if (name === 'different')
    differences.push({ field: 'name', register: person.nameAsRecorded, document: mrzName(holder) });
  else if (name !== 'same') notes.push(name);

  const birth = compareBirthDates(holder.dateOfBirth, person.dateOfBirth);
  compare('date_of_birth', holder.dateOfBirth, person.dateOfBirth, birth !== 'different');
  if (birth === 'partial') notes.push('birth_date_partial');

  const states: readonly [PersonField, string, string][] = [
    ['nationality', holder.nationality, person.nationality],
    ['issuing_state', holder.issuingState, document.issuingState],
  ];
  for (const [field, ours, theirs] of states)
    compare(field, ours, theirs, plainState(ours) === plainState(theirs));
  const numbers = [holder.documentNumber, document.documentNumber] as const;
  compare('document_number', ...numbers, plainNumber(numbers[0]) === plainNumber(numbers[1]));

  return { agree: differences.length === 0, differences, notes };
}

/** Whether two state codes are one: Germany writes `D` where everybody else has three letters (Doc 9303-3 §5). */
export function plainState(state: string): string {
  const code = state.replaceAll('<', '').trim().toUpperCase();
  return code === 'D' ? 'DEU' : code;
}

/** A document number without fillers, spaces and hyphens. */
export function plainNumber(number: string): string {
  return number.replace(/[<\s-]/g, '').toUpperCase();
}

type NameAgreement = 'same' | 'name_order' | 'name_spacing' | 'name_truncated' | 'different';
/** Best first. */
const AGREEMENTS = ['same', 'name_order', 'name_spacing', 'name_truncated'] as const;

function compareNames(recorded: string, holder: DocumentHolder): NameAgreement {
  const names = [
    { name: mrzName(holder), truncated: holder.nameMayBeTruncated },
    ...(holder.fullNamePrinted ? [{ name: holder.fullNamePrinted, truncated: false }] : []),
  ];
  const reached = new Set<NameAgreement>();
  for (const theirs of nameSpellings(recorded))
    for (const { name, truncated } of names)
      for (const ours of nameSpellings(name)) reached.add(compareWords(ours, theirs, truncated));
  return AGREEMENTS.find((agreement) => reached.has(agreement)) ?? 'different';
}

function compareWords(
  ours: readonly string[],
  theirs: readonly string[],
  truncated: boolean,
): NameAgreement {
  if (ours.length === 0 || theirs.length === 0) return 'different';
  if (ours.join(' ') === theirs.join(' ')) return 'same';
  if (ours.toSorted().join(' ') === theirs.toSorted().join(' ')) return 'name_order';
  if (ours.join('') === theirs.join('')) return 'name_spacing';
  return truncated && eachStartsAnother(ours, theirs) ? 'name_truncated' : 'different';
}

/** Whether each of our words begins a word of theirs, none used twice; longest first, so that initials take what is left. */
function eachStartsAnother(ours: readonly string[], theirs: readonly string[]): boolean {
  const left = [...theirs];
  for (const word of ours.toSorted((a, b) => b.length - a.length)) {
    const at = left.findIndex((candidate) => candidate.startsWith(word));
    if (at === -1) return false;
    left.splice(at, 1);
  }
  return true;
}

function mrzName({ primaryIdentifier, secondaryIdentifier }: DocumentHolder): string {
  return `${primaryIdentifier} ${secondaryIdentifier}`.trim();
}

function compareBirthDates(ours: string, theirs: string): 'same' | 'partial' | 'different' {
  if (ours === theirs) return 'same';
  const parts = theirs.split('-');
  const agree = ours
    .split('-')
    .every((part, at) => part === parts[at] || part === 'XX' || parts[at] === 'XX');
  return agree ? 'partial' : 'different';
}
