import type { MrzFormat } from './mrz.ts';
import type { Span } from './mrz-check-digits.ts';

/** A zone cut into its fields, each as it stands there, fillers included. */
export interface MrzFields {
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
  /** What the composite check digit is computed over; visas have none. */
  composite: { over: readonly Span[]; check: string } | null;
}

/** `lines` have the shape of the format. */
export function fieldsOf(format: MrzFormat, lines: readonly string[]): MrzFields {
  return format === 'TD1' ? td1Fields(lines) : twoLineFields(format, lines);
}

export function rawFieldsOf(fields: MrzFields): Record<string, string> {
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
  const first = lines[0]!;
  const second = lines[1]!;
  const third = lines[2]!;
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
      over: [
        { line: first, from: 5, to: 30 },
        { line: second, from: 0, to: 7 },
        { line: second, from: 8, to: 15 },
        { line: second, from: 18, to: 29 },
      ],
      check: second.slice(29, 30),
    },
    name: third,
  };
}

/** Doc 9303-4 §4.2.2 (TD3), 9303-6 §4.2.2 (TD2), 9303-7 §4.2, §5.2 (visas: no check digit after the optional data). */
function twoLineFields(format: Exclude<MrzFormat, 'TD1'>, lines: readonly string[]): MrzFields {
  const first = lines[0]!;
  const second = lines[1]!;
  const end = second.length;
  const visa = format === 'MRV-A' || format === 'MRV-B';
  const td3 = format === 'TD3';
  const over: Span[] = [
    { line: second, from: 0, to: 10 },
    { line: second, from: 13, to: 20 },
    { line: second, from: 21, to: end - 1 },
  ];
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
    composite: visa ? null : { over, check: second.slice(end - 1) },
  };
}
