import { FILLER } from './mrz-fillers.ts';
import type { Composite, Field, MrzLayout } from './mrz-layouts.ts';

/** Value of each octet of a zone (Doc 9303-3 §4.9), -1 for those that no zone may hold. */
const VALUES = new Int8Array(256).fill(-1);
for (const [value, letter] of Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ').entries()) {
  VALUES[letter.charCodeAt(0)] = value;
}
VALUES['<'.charCodeAt(0)] = 0;
export const WEIGHTS = [7, 3, 1] as const;
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** Whether the first octets are what a zone may hold: A to Z, 0 to 9 and `<` only. */
export function areZoneCharacters(codes: Uint8Array, length: number): boolean {
  let all = 0;
  for (let at = 0; at < length; at++) all |= VALUES[codes[at]!]!;
  return all >= 0;
}

/** The check digit of Doc 9303-3 §4.9 over a text: weights 7, 3, 1, modulo 10, `<` and whatever else counts as zero. */
export function checkDigitOf(field: string): string {
  let sum = 0;
  for (let at = 0; at < field.length; at++) {
    const code = field.charCodeAt(at);
    const value = code < 256 ? VALUES[code]! : 0;
    if (value > 0) sum += value * WEIGHTS[at % 3]!;
  }
  return DIGITS[sum % 10]!;
}

/** The same sum over octets of a zone, by threes: a loop that looks each one's weight up costs twice as much. */
function sumOver(codes: Uint8Array, { at, length }: Field): number {
  const end = at + length;
  let sum = 0;
  let spot = at;
  for (; spot + 2 < end; spot += 3) {
    sum += 7 * VALUES[codes[spot]!]! + 3 * VALUES[codes[spot + 1]!]! + VALUES[codes[spot + 2]!]!;
  }
  if (spot < end) sum += 7 * VALUES[codes[spot]!]!;
  if (spot + 1 < end) sum += 3 * VALUES[codes[spot + 1]!]!;
  return sum;
}

/** Over several fields as if they were one: there the weights lie beside the octets. */
function compositeSum(codes: Uint8Array, { weights, from, at }: Composite): number {
  let sum = 0;
  for (let spot = from; spot < at; spot++) sum += VALUES[codes[spot]!]! * weights[spot]!;
  return sum;
}

export type CheckDigitResult = {
  readonly field: 'documentNumber' | 'dateOfBirth' | 'dateOfExpiry' | 'optionalData' | 'composite';
  readonly given: string;
  readonly computed: string;
  readonly ok: boolean;
  /** `filler_for_zero` is a choice of the standard; `filler_counted` is not in it, some issuers do it: accepted and told. */
  readonly variant?: 'filler_for_zero' | 'filler_counted';
};

type Name = CheckDigitResult['field'];

const ZERO = 0x30;
const CODES_FROM_ZERO_TO_Z = 43;

/**
 * Every result that a field can have, by the octet given and the digit computed: a zone has four or five of them, and making
 * them anew cost as much as the sums. Shared, therefore frozen.
 */
function resultsOf(field: Name): readonly CheckDigitResult[] {
  return Array.from({ length: CODES_FROM_ZERO_TO_Z * 10 }, (_, at) => {
    const given = String.fromCharCode(ZERO + Math.floor(at / 10));
    const computed = DIGITS[at % 10]!;
    return Object.freeze({ field, given, computed, ok: given === computed });
  });
}

/** `<` stands for 0 behind a field that is empty (Doc 9303-4 §4.2.2). */
function emptyOf(field: Name): CheckDigitResult {
  return Object.freeze({ field, given: '<', computed: '0', ok: true, variant: 'filler_for_zero' });
}

const NUMBER = resultsOf('documentNumber');
const BIRTH = resultsOf('dateOfBirth');
const EMPTY_BIRTH = emptyOf('dateOfBirth');
const EXPIRY = resultsOf('dateOfExpiry');
const OPTIONAL = resultsOf('optionalData');
const EMPTY_OPTIONAL = emptyOf('optionalData');
const COMPOSITE = resultsOf('composite');

/** The check digit behind a document number of nine characters. */
export function numberDigitOf(codes: Uint8Array, { number }: MrzLayout): CheckDigitResult {
  return judged(NUMBER, codes, number);
}

/** All check digits of a zone whose octets `codes` are, in the order in which they stand there. */
export function checkDigitsOf(
  codes: Uint8Array,
  layout: MrzLayout,
  number: CheckDigitResult,
): CheckDigitResult[] {
  const { dateOfBirth, optionalData, composite } = layout;
  const birth = isEmpty(codes, dateOfBirth) ? EMPTY_BIRTH : judged(BIRTH, codes, dateOfBirth);
  const expiry = judged(EXPIRY, codes, layout.dateOfExpiry);
  if (composite === null) return [number, birth, expiry];
  const all = resultAt(COMPOSITE, codes[composite.at]!, compositeSum(codes, composite) % 10);
  if (!layout.optionalCheck) return [number, birth, expiry, all];
  const optional = isEmpty(codes, optionalData)
    ? EMPTY_OPTIONAL
    : judged(OPTIONAL, codes, optionalData);
  return [number, birth, expiry, optional, all];
}

function judged(
  results: readonly CheckDigitResult[],
  codes: Uint8Array,
  field: Field,
): CheckDigitResult {
  return resultAt(results, codes[field.at + field.length]!, sumOver(codes, field) % 10);
}

function resultAt(
  results: readonly CheckDigitResult[],
  given: number,
  computed: number,
): CheckDigitResult {
  return results[(given - ZERO) * 10 + computed]!;
}

/** Fillers only, with one for check digit. */
function isEmpty(codes: Uint8Array, { at, length }: Field): boolean {
  for (let spot = at + length; spot >= at; spot--) if (codes[spot] !== FILLER) return false;
  return true;
}
