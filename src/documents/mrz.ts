import {
  checkDigit,
  checkDigitOrFiller,
  checkDigitOver,
  isZoneText,
  type CheckDigitResult,
} from './mrz-check-digits.ts';
import { birthDateOf, expiryDateOf, type MrzDate } from './mrz-dates.ts';
import { fieldsOf, rawFieldsOf, type MrzFields } from './mrz-fields.ts';
import { unfilled } from './mrz-fillers.ts';
import { hasExtraSeparator, mrzNameOf, type MrzName } from './mrz-names.ts';
import { isNationality, certificateCountriesOf } from './state-codes.ts';

export type MrzFormat = 'TD1' | 'TD2' | 'TD3' | 'MRV-A' | 'MRV-B';

export type MrzWarning =
  | 'long_document_number'
  | 'check_digit_counts_filler'
  | 'name_may_be_truncated'
  | 'name_has_extra_separator'
  | 'birth_century_doubtful'
  | 'birth_date_incomplete'
  | 'unknown_issuing_state'
  | 'unknown_nationality';

export interface Mrz {
  format: MrzFormat;
  lines: readonly string[];
  documentCode: string;
  issuingState: string;
  documentNumber: string;
  nationality: string;
  name: MrzName;
  dateOfBirth: MrzDate;
  dateOfExpiry: MrzDate;
  sex: 'M' | 'F' | 'X';
  optionalData: readonly string[];
  checkDigits: readonly CheckDigitResult[];
  warnings: readonly MrzWarning[];
}

export type MrzProblem =
  | 'wrong_shape'
  | 'wrong_characters'
  | 'check_digit_wrong'
  | 'date_impossible'
  | 'sex_unknown'
  | 'document_number_missing'
  | 'name_missing';

/** `partial`: whatever could be read although the zone is not valid; `problems` is never empty then. */
export type MrzResult =
  | { ok: true; mrz: Mrz }
  | {
      ok: false;
      problems: readonly MrzProblem[];
      format?: MrzFormat;
      checkDigits?: readonly CheckDigitResult[];
      /** As they stand in the zone, fillers included. */
      fields?: Readonly<Record<string, string>>;
    };

export interface MrzOptions {
  now: Date;
  specimenStates: boolean;
}

/**
 * Reads a machine-readable zone: TD1, TD2, TD3 (Doc 9303-5, -6, -4) and visas MRV-A, MRV-B (Doc 9303-7). Lines must have
 * their exact lengths and only A-Z, 0-9 and `<`. Every check digit must hold: a zone with one that does not is no evidence.
 */
export function parseMrz(lines: readonly string[], options: MrzOptions): MrzResult {
  const format = formatOf(lines);
  if (format === null) return { ok: false, problems: ['wrong_shape'] };
  if (!lines.every(isZoneText)) {
    return { ok: false, problems: ['wrong_characters'], format };
  }
  const fields = fieldsOf(format, lines);
  const number = documentNumberOf(fields);
  const checkDigits = checkDigitsOf(fields, number);
  const dateOfBirth = birthDateOf(fields.dateOfBirth, options.now);
  const dateOfExpiry = expiryDateOf(fields.dateOfExpiry, options.now);
  const sex = sexOf(fields.sex);
  const name = mrzNameOf(fields.name);
  const problems: MrzProblem[] = [];
  if (checkDigits.some((digit) => !digit.ok)) problems.push('check_digit_wrong');
  if (dateOfBirth === null || dateOfExpiry === null) problems.push('date_impossible');
  if (sex === null) problems.push('sex_unknown');
  if (number.value === '') problems.push('document_number_missing');
  if (name.primaryIdentifier === '') problems.push('name_missing');
  if (problems.length > 0 || dateOfBirth === null || dateOfExpiry === null || sex === null) {
    return { ok: false, problems, format, checkDigits, fields: rawFieldsOf(fields) };
  }
  const read: Mrz & { warnings: readonly MrzWarning[] } = {
    format,
    lines: lines.slice(),
    documentCode: unfilled(fields.documentCode),
    issuingState: unfilled(fields.issuingState),
    documentNumber: number.value,
    nationality: unfilled(fields.nationality),
    name,
    dateOfBirth,
    dateOfExpiry,
    sex,
    optionalData: [unfilled(number.optionalData), unfilled(fields.optionalData2)],
    checkDigits,
    warnings: [],
  };
  read.warnings = warningsOf(read, number, options);
  return { ok: true, mrz: read };
}

/** The longest zone has 90 characters; blanks and empty lines around it are nobody's fault. */
const MAX_TEXT_CHARACTERS = 1000;

/** Lines of a zone from text, none where it is no zone's: one a line, blanks at the ends dropped; one run of 72, 88 or 90 characters is cut. */
export function mrzLinesOf(text: string): string[] {
  if (text.length > MAX_TEXT_CHARACTERS) return [];
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [only] = lines;
  if (lines.length !== 1 || only === undefined) return lines;
  const width = { 72: 36, 88: 44, 90: 30 }[only.length];
  if (width === undefined) return lines;
  return Array.from({ length: only.length / width }, (_, at) =>
    only.slice(at * width, (at + 1) * width),
  );
}

function formatOf(lines: readonly string[]): MrzFormat | null {
  const width = lines[0]?.length;
  if (lines.some((line) => line.length !== width)) return null;
  if (lines.length === 3 && width === 30) return 'TD1';
  if (lines.length !== 2) return null;
  const visa = lines[0]!.startsWith('V');
  if (width === 36) return visa ? 'MRV-B' : 'TD2';
  if (width === 44) return visa ? 'MRV-A' : 'TD3';
  return null;
}

interface DocumentNumber {
  value: string;
  check: CheckDigitResult;
  optionalData: string;
  long: boolean;
}

/**
 * TD1 and TD2 numbers over nine characters continue in the optional data, behind a `<` where the check digit would
 * be, and end with their check digit and a `<` (Doc 9303-5 §4.2.2 note j, 9303-6 note j). Some issuers count that `<`
 * into the check digit.
 */
function documentNumberOf(fields: MrzFields): DocumentNumber {
  const { number, numberCheck, optionalData } = fields;
  const mayBeLong = fields.format === 'TD1' || fields.format === 'TD2';
  const long = mayBeLong && numberCheck === '<' && !optionalData.startsWith('<');
  if (!long) {
    const check = checkDigit('documentNumber', number, numberCheck);
    return { value: unfilled(number), check, optionalData, long: false };
  }
  const end = optionalData.indexOf('<');
  const tail = end === -1 ? optionalData : optionalData.slice(0, end);
  const value = number + tail.slice(0, -1);
  const given = tail.slice(-1);
  const plain = checkDigit('documentNumber', value, given);
  const counted = checkDigit('documentNumber', `${number}<${tail.slice(0, -1)}`, given);
  const check: CheckDigitResult =
    !plain.ok && counted.ok ? { ...counted, variant: 'filler_counted' } : plain;
  return { value, check, optionalData: end === -1 ? '' : optionalData.slice(end), long: true };
}

function checkDigitsOf(fields: MrzFields, number: DocumentNumber): CheckDigitResult[] {
  const digits = [
    number.check,
    checkDigitOrFiller('dateOfBirth', fields.dateOfBirth, fields.birthCheck),
    checkDigit('dateOfExpiry', fields.dateOfExpiry, fields.expiryCheck),
  ];
  if (fields.optionalCheck !== null) {
    digits.push(checkDigitOrFiller('optionalData', fields.optionalData, fields.optionalCheck));
  }
  if (fields.composite !== null) {
    const { over, check: given } = fields.composite;
    const computed = checkDigitOver(over);
    digits.push({ field: 'composite', given, computed, ok: given === computed });
  }
  return digits;
}

function sexOf(field: string): 'M' | 'F' | 'X' | null {
  if (field === 'M' || field === 'F') return field;
  return field === '<' || field === 'X' ? 'X' : null;
}

function warningsOf(read: Mrz, number: DocumentNumber, options: MrzOptions): MrzWarning[] {
  const warnings: MrzWarning[] = [];
  const { name, dateOfBirth } = read;
  if (number.long) warnings.push('long_document_number');
  if (number.check.variant === 'filler_counted') warnings.push('check_digit_counts_filler');
  if (name.mayBeTruncated) warnings.push('name_may_be_truncated');
  if (hasExtraSeparator(name)) warnings.push('name_has_extra_separator');
  if (dateOfBirth.centuryDoubtful) warnings.push('birth_century_doubtful');
  if (dateOfBirth.value.includes('X')) warnings.push('birth_date_incomplete');
  if (certificateCountriesOf(read.issuingState, options) === null) {
    warnings.push('unknown_issuing_state');
  }
  if (!isNationality(read.nationality, options)) warnings.push('unknown_nationality');
  return warnings;
}
