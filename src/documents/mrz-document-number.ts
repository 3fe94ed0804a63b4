import { checkDigitOf, numberDigitOf, type CheckDigitResult } from './mrz-check-digits.ts';
import { FILLER, unfilledField } from './mrz-fillers.ts';
import { textOf, type MrzLayout } from './mrz-layouts.ts';

export interface DocumentNumber {
  value: string;
  check: CheckDigitResult;
  /** What the optional data holds besides. */
  optionalData: string;
  /** Over nine characters. */
  long: boolean;
}

/**
 * TD1 and TD2 numbers over nine characters continue in the optional data, behind a `<` where the check digit would
 * be, and end with their check digit and a `<` (Doc 9303-5 §4.2.2 note j, 9303-6 note j). Some issuers count that `<`
 * into the check digit.
 */
export function documentNumberOf(
  lines: readonly string[],
  codes: Uint8Array,
  layout: MrzLayout,
): DocumentNumber {
  const { number, optionalData } = layout;
  const goesOn = codes[number.at + number.length] === FILLER && codes[optionalData.at] !== FILLER;
  if (layout.mayBeLong && goesOn) return longNumberOf(lines, codes, layout);
  return {
    value: unfilledField(lines, codes, number),
    check: numberDigitOf(codes, layout),
    optionalData: unfilledField(lines, codes, optionalData),
    long: false,
  };
}

function longNumberOf(
  lines: readonly string[],
  codes: Uint8Array,
  layout: MrzLayout,
): DocumentNumber {
  const number = textOf(lines, layout.number);
  const field = textOf(lines, layout.optionalData);
  const filler = field.indexOf('<');
  const end = filler === -1 ? field.length : filler;
  const tail = field.slice(0, end - 1);
  const given = field.slice(end - 1, end);
  return {
    value: number + tail,
    check: longNumberDigit(number, tail, given),
    optionalData: unfilledField(lines, codes, layout.optionalData, end),
    long: true,
  };
}

function longNumberDigit(number: string, tail: string, given: string): CheckDigitResult {
  const computed = checkDigitOf(number + tail);
  const ok = given === computed;
  if (!ok && given === checkDigitOf(`${number}<${tail}`)) {
    return { field: 'documentNumber', given, computed: given, ok: true, variant: 'filler_counted' };
  }
  return { field: 'documentNumber', given, computed, ok };
}
