/** Value of each character code (Doc 9303-3 §4.9), -1 for those that no zone may hold. */
const VALUES = new Int8Array(128).fill(-1);
for (const [value, letter] of Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ').entries()) {
  VALUES[letter.charCodeAt(0)] = value;
}
VALUES['<'.charCodeAt(0)] = 0;
const WEIGHTS = [7, 3, 1] as const;
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** Part of a line, from one position up to another. */
export interface Span {
  readonly line: string;
  readonly from: number;
  readonly to: number;
}

/** Whether a zone may hold this line: A to Z, 0 to 9 and `<` only. */
export function isZoneText(line: string): boolean {
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code > 127 || VALUES[code]! < 0) return false;
  }
  return line.length > 0;
}

/** The check digit of Doc 9303-3 §4.9: weights 7, 3, 1, modulo 10, `<` counts as zero. */
export function checkDigitOf(field: string): string {
  return DIGITS[sumOf(field, 0, field.length, 0) % 10]!;
}

/** The same over several parts of lines, one after the other: no string is made of them. */
export function checkDigitOver(spans: readonly Span[]): string {
  let sum = 0;
  let counted = 0;
  for (const { line, from, to } of spans) {
    sum += sumOf(line, from, to, counted);
    counted += to - from;
  }
  return DIGITS[sum % 10]!;
}

function sumOf(line: string, from: number, to: number, counted: number): number {
  let sum = 0;
  let weight = counted % 3;
  for (let at = from; at < to; at++) {
    const code = line.charCodeAt(at);
    const value = code < 128 ? VALUES[code]! : 0;
    if (value > 0) sum += value * WEIGHTS[weight]!;
    weight = weight === 2 ? 0 : weight + 1;
  }
  return sum;
}

export type CheckDigitResult = {
  field: 'documentNumber' | 'dateOfBirth' | 'dateOfExpiry' | 'optionalData' | 'composite';
  given: string;
  computed: string;
  ok: boolean;
  /** `filler_for_zero` is a choice of the standard; `filler_counted` is not in it, some issuers do it: accepted and told. */
  variant?: 'filler_for_zero' | 'filler_counted';
};

/** Compares one check digit. */
export function checkDigit(
  field: CheckDigitResult['field'],
  data: string,
  given: string,
): CheckDigitResult {
  const computed = checkDigitOf(data);
  return { field, given, computed, ok: given === computed };
}

/** As `checkDigit`, for a field that may be empty: `<` stands for 0 there (Doc 9303-4 §4.2.2). */
export function checkDigitOrFiller(
  field: CheckDigitResult['field'],
  data: string,
  given: string,
): CheckDigitResult {
  const result = checkDigit(field, data, given);
  const filler = given === '<' && /^<*$/.test(data);
  return filler ? { ...result, ok: true, variant: 'filler_for_zero' } : result;
}
