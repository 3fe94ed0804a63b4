import type { Brand } from '../lib/ids.ts';
import type { Random } from '../lib/random.ts';

/** A foreign-national ID whose check digits hold, without spaces: `F012345678907`. */
export type ForeignIdNumber = Brand<string, 'ForeignIdNumber'>;

/**
 * What a number starts with: a letter, so that it is never mistaken for a Thai 13-digit number. A numeric prefix
 * takes a written allocation of the civil registrar.
 */
export const DEFAULT_PREFIX = 'F';

export type NumberRefusal =
  | 'empty'
  | 'too_long'
  | 'length'
  | 'prefix'
  | 'not_digits'
  | 'check_digits';
export type NumberParse =
  | { ok: true; number: ForeignIdNumber }
  | { ok: false; reason: NumberRefusal };

const RANDOM_DIGITS = 10;
const LENGTH = 13;
/** Room for spaces and hyphens between the characters, and an end to reading. */
const MOST_CHARACTERS = 64;

/**
 * Draws a number: the prefix, ten uniform digits, two check digits. Whether it is free, the database says.
 * `Random.integer` rejects rather than folds, so that no number is likelier than another.
 */
export function drawForeignId(random: Random, prefix: string = DEFAULT_PREFIX): ForeignIdNumber {
  const digits = String(random.integer(10 ** RANDOM_DIGITS)).padStart(RANDOM_DIGITS, '0');
  return withCheckDigits(`${prefix}${digits}`);
}

/** `body` (the first 11 characters) with its check digits: ISO/IEC 7064 MOD 97-10, letters as in IBAN (A = 10). */
export function withCheckDigits(body: string): ForeignIdNumber {
  const check = 98 - remainder97(`${body}00`);
  return `${body}${String(check).padStart(2, '0')}` as ForeignIdNumber;
}

/**
 * Reads what a person typed or a machine sent: spaces, hyphens and lower case are fine, anything else is not.
 * Says only whether the form is right: a number authenticates nothing, and well-formed is not issued.
 */
export function parseForeignId(text: unknown, prefix: string = DEFAULT_PREFIX): NumberParse {
  if (typeof text !== 'string') return { ok: false, reason: 'empty' };
  if (text.length > MOST_CHARACTERS) return { ok: false, reason: 'too_long' };
  const number = text.replaceAll(/[\s\u00a0-]/g, '').toUpperCase();
  if (number === '') return { ok: false, reason: 'empty' };
  if (!number.startsWith(prefix)) return { ok: false, reason: 'prefix' };
  if (number.length !== LENGTH) return { ok: false, reason: 'length' };
  if (!/^[0-9]+$/.test(number.slice(prefix.length))) return { ok: false, reason: 'not_digits' };
  // Exactly 02 to 98 are check digits: 00, 01 and 99 would be second spellings of 97, 98 and 02.
  const check = Number(number.slice(-2));
  if (check < 2 || check > 98 || remainder97(number) !== 1)
    return { ok: false, reason: 'check_digits' };
  return { ok: true, number: number as ForeignIdNumber };
}

/** As shown to people: `F 0123 4567 89 07`. */
export function formatForeignId(number: ForeignIdNumber): string {
  const digits = number.slice(-12);
  const prefix = number.slice(0, -12);
  const groups = [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8, 10), digits.slice(10)];
  return [prefix, ...groups].filter((group) => group !== '').join(' ');
}

/** The number that `text` spells (letters two digits each) modulo 97, without ever holding it whole. */
function remainder97(text: string): number {
  let remainder = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}
