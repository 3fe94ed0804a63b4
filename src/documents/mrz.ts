import { areZoneCharacters, checkDigitsOf, type CheckDigitResult } from './mrz-check-digits.ts';
import { birthDateOf, expiryDateOf, hasOpenPart, type MrzDate } from './mrz-dates.ts';
import { documentNumberOf, type DocumentNumber } from './mrz-document-number.ts';
import { FILLER, unfilledField } from './mrz-fillers.ts';
import { layoutOf, textOf, type Field, type MrzLayout } from './mrz-layouts.ts';
import { mrzNameOf, type MrzName } from './mrz-names.ts';
import { certificateCountriesOf, isNationality, stateCodeAt } from './state-codes.ts';

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
 * Octets of the zone that is being read, line after line. One for all zones: nothing here waits while it reads, octets are
 * read several times as fast as the characters of a string, and an array for each zone would eat that up. Room for three
 * octets a character, so that whatever is no zone's character shows as octets that no zone has (UTF-8).
 */
const codes = new Uint8Array(3 * 90);
const encoder = new TextEncoder();

/**
 * Reads a machine-readable zone: TD1, TD2, TD3 (Doc 9303-5, -6, -4) and visas MRV-A, MRV-B (Doc 9303-7). Lines must have
 * their exact lengths and only A-Z, 0-9 and `<`. Every check digit must hold: a zone with one that does not is no evidence.
 */
export function parseMrz(lines: readonly string[], options: MrzOptions): MrzResult {
  const layout = layoutOf(lines);
  if (layout === null) return { ok: false, problems: ['wrong_shape'] };
  const twoLines = lines[0]! + lines[1]!;
  encoder.encodeInto(lines.length === 3 ? twoLines + lines[2]! : twoLines, codes);
  if (!areZoneCharacters(codes, layout.length)) {
    return { ok: false, problems: ['wrong_characters'], format: layout.format };
  }
  return readFields(lines, layout, options);
}

function readFields(lines: readonly string[], layout: MrzLayout, options: MrzOptions): MrzResult {
  const number = documentNumberOf(lines, codes, layout);
  const checkDigits = checkDigitsOf(codes, layout, number.check);
  const dateOfBirth = birthDateOf(codes, layout.dateOfBirth.at, options.now);
  const dateOfExpiry = expiryDateOf(codes, layout.dateOfExpiry.at, options.now);
  const sex = sexOf(codes[layout.sex.at]!);
  const name = mrzNameOf(textOf(lines, layout.name), codes, layout.name.at);
  const problems: MrzProblem[] = [];
  if (checkDigits.some(({ ok }) => !ok)) problems.push('check_digit_wrong');
  if (dateOfBirth === null || dateOfExpiry === null) problems.push('date_impossible');
  if (sex === null) problems.push('sex_unknown');
  if (number.value === '') problems.push('document_number_missing');
  if (name.primaryIdentifier === '') problems.push('name_missing');
  if (problems.length > 0 || dateOfBirth === null || dateOfExpiry === null || sex === null) {
    const fields = rawFieldsOf(lines, layout);
    return { ok: false, problems, format: layout.format, checkDigits, fields };
  }
  const read = {
    format: layout.format,
    lines: lines.slice(),
    documentCode: unfilledField(lines, codes, layout.documentCode),
    issuingState: stateOf(lines, layout.issuingState),
    documentNumber: number.value,
    nationality: stateOf(lines, layout.nationality),
    name,
    dateOfBirth,
    dateOfExpiry,
    sex,
    optionalData: [number.optionalData, unfilledField(lines, codes, layout.optionalData2)],
    checkDigits,
    warnings: [] as readonly MrzWarning[],
  };
  read.warnings = warningsOf(read, layout, number, options);
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

const [M, F, X] = [0x4d, 0x46, 0x58];

function sexOf(code: number): 'M' | 'F' | 'X' | null {
  if (code === M) return 'M';
  if (code === F) return 'F';
  return code === X || code === FILLER ? 'X' : null;
}

/** The text of a code that we know is at hand; another one is cut out. */
function stateOf(lines: readonly string[], field: Field): string {
  return stateCodeAt(codes, field.at) ?? unfilledField(lines, codes, field);
}

/** Fields of a zone that is not valid, as they stand there, fillers included. */
function rawFieldsOf(lines: readonly string[], layout: MrzLayout): Record<string, string> {
  return {
    documentCode: textOf(lines, layout.documentCode),
    issuingState: textOf(lines, layout.issuingState),
    documentNumber: textOf(lines, layout.number),
    nationality: textOf(lines, layout.nationality),
    name: textOf(lines, layout.name),
    dateOfBirth: textOf(lines, layout.dateOfBirth),
    sex: textOf(lines, layout.sex),
    dateOfExpiry: textOf(lines, layout.dateOfExpiry),
    optionalData: textOf(lines, layout.optionalData) + textOf(lines, layout.optionalData2),
  };
}

function warningsOf(
  read: Mrz,
  layout: MrzLayout,
  number: DocumentNumber,
  options: MrzOptions,
): readonly MrzWarning[] {
  const warnings: MrzWarning[] = [];
  const { name, dateOfBirth } = read;
  if (number.long) warnings.push('long_document_number');
  if (number.check.variant === 'filler_counted') warnings.push('check_digit_counts_filler');
  if (name.mayBeTruncated) warnings.push('name_may_be_truncated');
  if (name.hasExtraSeparator) warnings.push('name_has_extra_separator');
  if (dateOfBirth.centuryDoubtful) warnings.push('birth_century_doubtful');
  if (hasOpenPart(codes, layout.dateOfBirth.at)) warnings.push('birth_date_incomplete');
  if (certificateCountriesOf(read.issuingState, options) === null) {
    warnings.push('unknown_issuing_state');
  }
  if (!isNationality(read.nationality, options)) warnings.push('unknown_nationality');
  return warnings;
}
