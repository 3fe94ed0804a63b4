const VALUES = new Map<number, number>([
  ['<'.charCodeAt(0), 0],
  ...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', (letter, value): [number, number] => [
    letter.charCodeAt(0),
    value,
  ]),
]);
const WEIGHTS = [7, 3, 1] as const;

/** The check digit of Doc 9303-3 §4.9: weights 7, 3, 1, modulo 10, `<` counts as zero. */
export function checkDigitOf(field: string): string {
  let sum = 0;
  for (let at = 0; at < field.length; at++) {
    sum += (VALUES.get(field.charCodeAt(at)) ?? 0) * WEIGHTS[at % 3]!;
  }
  return String(sum % 10);
}

export type CheckDigitResult = {
  field: 'documentNumber' | 'dateOfBirth' | 'dateOfExpiry' | 'optionalData' | 'composite';
  given: string;
  computed: string;
  ok: boolean;
  /** `filler_for_zero` is a choice of the standard; `filler_counted` is not in it, some issuers do it: accepted and told. */
  variant?: 'filler_for_zero' | 'filler_counted';
};

/** Compares one check digit. `emptyMayBeFiller`: `<` stands for 0 where the field is empty (Doc 9303-4 §4.2.2). */
export function checkDigit(
  field: CheckDigitResult['field'],
  data: string,
  given: string,
  options: { emptyMayBeFiller?: boolean } = {},
): CheckDigitResult {
  const computed = checkDigitOf(data);
  if (given === computed) return { field, given, computed, ok: true };
  const empty = /^<*$/.test(data);
  if (options.emptyMayBeFiller === true && empty && given === '<') {
    return { field, given, computed, ok: true, variant: 'filler_for_zero' };
  }
  return { field, given, computed, ok: false };
}
