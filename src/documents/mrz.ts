import { checkDigit, type CheckDigitResult } from './mrz-check-digits.ts';
import { birthDateOf, expiryDateOf, type MrzDate } from './mrz-dates.ts';
import { mrzNameOf, type MrzName } from './mrz-names.ts';
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
  if (!lines.every((line) => /^[A-Z0-9<]+$/.test(line))) {
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
  const read = {
    format,
    lines: [...lines],
    documentCode: unfilled(fields.documentCode),
    issuingState: unfilled(fields.issuingState),
    documentNumber: number.value,
    nationality: unfilled(fields.nationality),
    name,
    dateOfBirth,
    dateOfExpiry,
    sex,
    optionalData: [number.optionalData, fields.optionalData2].map(unfilled),
    checkDigits,
  };
  return { ok: true, mrz: { ...read, warnings: warningsOf(read, number, options) } };
}

/** Lines of a zone from text: one a line, blanks at the ends dropped; one run of 72, 88 or 90 characters is cut. */
export function mrzLinesOf(text: string): string[] {
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

interface MrzFields {
  format: MrzFormat;
  documentCode: string;
  issuingState: string;
  name: string;
  number: string;
  numberCheck: string;
  nationality: string;
  dateOfBirth: string;
  birthCheck: string;
  sex: string;
  dateOfExpiry: string;
  expiryCheck: string;
  optionalData: string;
  /** Second optional field of TD1. */
  optionalData2: string;
  /** TD3 only. */
  optionalCheck: string | null;
  composite: { data: string; check: string } | null;
}

function fieldsOf(format: MrzFormat, lines: readonly string[]): MrzFields {
  return format === 'TD1' ? td1Fields(lines) : twoLineFields(format, lines);
}

function rawFieldsOf(fields: MrzFields): Record<string, string> {
  const { documentCode, issuingState, number, nationality, name } = fields;
  const { dateOfBirth, sex, dateOfExpiry, optionalData, optionalData2 } = fields;
  return {
    documentCode,
    issuingState,
    documentNumber: number,
    nationality,
    name,
    dateOfBirth,
    sex,
    dateOfExpiry,
    optionalData: optionalData + optionalData2,
  };
}

/** Doc 9303-5 §4.2.2. */
function td1Fields(lines: readonly string[]): MrzFields {
  const [first, second, third] = lines as [string, string, string];
  return {
    format: 'TD1',
    documentCode: first.slice(0, 2),
    issuingState: first.slice(2, 5),
    number: first.slice(5, 14),
    numberCheck: first.slice(14, 15),
    optionalData: first.slice(15, 30),
    dateOfBirth: second.slice(0, 6),
    birthCheck: second.slice(6, 7),
    sex: second.slice(7, 8),
    dateOfExpiry: second.slice(8, 14),
    expiryCheck: second.slice(14, 15),
    nationality: second.slice(15, 18),
    optionalData2: second.slice(18, 29),
    optionalCheck: null,
    composite: {
      data: first.slice(5, 30) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29),
      check: second.slice(29, 30),
    },
    name: third,
  };
}

/** Doc 9303-4 §4.2.2 (TD3), 9303-6 §4.2.2 (TD2), 9303-7 §4.2, §5.2 (visas: no check digit after the optional data). */
function twoLineFields(format: Exclude<MrzFormat, 'TD1'>, lines: readonly string[]): MrzFields {
  const [first, second] = lines as [string, string];
  const end = second.length;
  const visa = format === 'MRV-A' || format === 'MRV-B';
  const td3 = format === 'TD3';
  const composed = second.slice(0, 10) + second.slice(13, 20) + second.slice(21, end - 1);
  return {
    format,
    documentCode: first.slice(0, 2),
    issuingState: first.slice(2, 5),
    name: first.slice(5),
    number: second.slice(0, 9),
    numberCheck: second.slice(9, 10),
    nationality: second.slice(10, 13),
    dateOfBirth: second.slice(13, 19),
    birthCheck: second.slice(19, 20),
    sex: second.slice(20, 21),
    dateOfExpiry: second.slice(21, 27),
    expiryCheck: second.slice(27, 28),
    optionalData: second.slice(28, visa ? end : td3 ? 42 : 35),
    optionalData2: '',
    optionalCheck: td3 ? second.slice(42, 43) : null,
    composite: visa ? null : { data: composed, check: second.slice(end - 1) },
  };
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
    checkDigit('dateOfBirth', fields.dateOfBirth, fields.birthCheck, { emptyMayBeFiller: true }),
    checkDigit('dateOfExpiry', fields.dateOfExpiry, fields.expiryCheck),
  ];
  if (fields.optionalCheck !== null) {
    digits.push(
      checkDigit('optionalData', fields.optionalData, fields.optionalCheck, {
        emptyMayBeFiller: true,
      }),
    );
  }
  if (fields.composite !== null) {
    digits.push(checkDigit('composite', fields.composite.data, fields.composite.check));
  }
  return digits;
}

function sexOf(field: string): 'M' | 'F' | 'X' | null {
  if (field === 'M' || field === 'F') return field;
  return field === '<' || field === 'X' ? 'X' : null;
}

function unfilled(field: string): string {
  return field.replaceAll('<', ' ').trim();
}

function warningsOf(
  read: Omit<Mrz, 'warnings'>,
  number: DocumentNumber,
  options: MrzOptions,
): MrzWarning[] {
  const warnings: MrzWarning[] = [];
  const warn = (when: boolean, warning: MrzWarning) => when && warnings.push(warning);
  const variants = read.checkDigits.map((digit) => digit.variant);
  warn(number.long, 'long_document_number');
  warn(variants.includes('filler_counted'), 'check_digit_counts_filler');
  warn(read.name.mayBeTruncated, 'name_may_be_truncated');
  warn(/[^<]<<+[^<]+<<+[^<]/.test(read.name.raw), 'name_has_extra_separator');
  warn(read.dateOfBirth.centuryDoubtful, 'birth_century_doubtful');
  warn(read.dateOfBirth.value.includes('X'), 'birth_date_incomplete');
  warn(certificateCountriesOf(read.issuingState, options) === null, 'unknown_issuing_state');
  warn(!isNationality(read.nationality, options), 'unknown_nationality');
  return warnings;
}
