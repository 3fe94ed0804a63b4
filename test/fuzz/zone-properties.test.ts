import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigitOf } from '../../src/documents/mrz-check-digits.ts';
import { parseMrz, type Mrz, type MrzFormat } from '../../src/documents/mrz.ts';
import {
  certificateCountriesOf,
  isNationality,
  sameCountry,
} from '../../src/documents/state-codes.ts';
import { holdsFor } from './check-property.ts';
import { now } from './fixed-time.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CHARACTERS = `0123456789${LETTERS}<`;
const options = { now, specimenStates: true };

const text = (alphabet: string, minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom(...Array.from(alphabet)), { minLength, maxLength })
    .map((letters) => letters.join(''));

interface Holder {
  format: MrzFormat;
  state: string;
  nationality: string;
  names: string[];
  number: string;
  birth: string;
  sex: 'M' | 'F' | '<';
  expiry: string;
  optional: string;
}

/** 1905 to 2026, and the ten years around `now`: dates that have one reading each, or whose doubt is told. */
const dates = (from: string, to: string) =>
  fc
    .date({ min: new Date(from), max: new Date(to), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

const holder: fc.Arbitrary<Holder> = fc.record({
  format: fc.constantFrom<MrzFormat>('TD1', 'TD2', 'TD3', 'MRV-A', 'MRV-B'),
  state: fc.constantFrom('UTO', 'D', 'THA', 'GBR', 'RKS', 'XOM'),
  nationality: fc.constantFrom('UTO', 'D', 'XXA', 'UNO', 'EUE', 'NPL'),
  names: fc.array(text(LETTERS, 1, 8), { minLength: 1, maxLength: 3 }),
  number: text(`0123456789${LETTERS}`, 1, 20),
  birth: dates('1930-01-01', '2026-11-21'),
  sex: fc.constantFrom('M', 'F', '<'),
  expiry: dates('2020-01-01', '2040-12-31'),
  optional: text(`0123456789${LETTERS}`, 0, 6),
});

const short = (date: string) => date.slice(2).replaceAll('-', '');
const digited = (field: string) => field + checkDigitOf(field);

/** Long numbers go on in the optional data of TD1 and TD2 (Doc 9303-5 §4.2.2 note j); elsewhere there is no room. */
function numberFields({ format, number, optional }: Holder): { field: string; rest: string } {
  const mayBeLong = format === 'TD1' || format === 'TD2';
  if (number.length <= 9) return { field: digited(number.padEnd(9, '<')), rest: optional };
  if (!mayBeLong) return { field: digited(number.slice(0, 9)), rest: optional };
  const tail = format === 'TD1' ? number.slice(9, 20) : number.slice(9, 14);
  const kept = number.slice(0, 9) + tail;
  return { field: `${number.slice(0, 9)}<`, rest: `${tail}${checkDigitOf(kept)}<` };
}

function write(made: Holder): string[] {
  const { format, state, nationality, sex } = made;
  const { field, rest } = numberFields(made);
  const name = [made.names[0], made.names.slice(1).join('<')]
    .filter((part) => part !== '')
    .join('<<');
  const [birth, expiry] = [digited(short(made.birth)), digited(short(made.expiry))];
  const [issuer, national] = [state.padEnd(3, '<'), nationality.padEnd(3, '<')];
  if (format === 'TD1') {
    const first = `I<${issuer}${field}${rest}`.padEnd(30, '<');
    const second = `${birth}${sex}${expiry}${national}`.padEnd(29, '<');
    const over = first.slice(5) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29);
    return [first, second + checkDigitOf(over), name.padEnd(30, '<').slice(0, 30)];
  }
  const width = format === 'TD3' || format === 'MRV-A' ? 44 : 36;
  const visa = format.startsWith('MRV');
  const code = visa ? 'V<' : format === 'TD3' ? 'P<' : 'I<';
  const first = `${code}${issuer}${name}`.padEnd(width, '<').slice(0, width);
  const start = `${field}${national}${birth}${sex}${expiry}`;
  if (visa) return [first, `${start}${rest}`.padEnd(width, '<')];
  const optional = format === 'TD3' ? digited(rest.padEnd(14, '<')) : rest.padEnd(7, '<');
  const over = field + birth + expiry + optional;
  return [first, start + optional + checkDigitOf(over)];
}

function read(lines: readonly string[]): Mrz | null {
  const result = parseMrz(lines, options);
  return result.ok ? result.mrz : null;
}

describe('a zone of any holder', () => {
  it('gives back what was written, with every check digit right', () => {
    holdsFor(
      fc.property(holder, (made) => {
        const mrz = read(write(made));
        expect(mrz).not.toBeNull();
        const long = made.format === 'TD1' ? 20 : made.format === 'TD2' ? 14 : 9;
        expect(mrz).toMatchObject({
          format: made.format,
          issuingState: made.state,
          nationality: made.nationality,
          documentNumber: made.number.slice(0, Math.max(9, long)),
          sex: made.sex === '<' ? 'X' : made.sex,
        });
        expect(mrz!.checkDigits.every(({ ok }) => ok)).toBe(true);
        expect(mrz!.name.primaryIdentifier).toBe(made.names[0]);
        expect(mrz!.dateOfExpiry.value).toBe(made.expiry);
        // Of two centuries the later one, and the doubt is told.
        const sameDay = mrz!.dateOfBirth.value.slice(2) === made.birth.slice(2);
        expect(sameDay).toBe(true);
        expect(mrz!.dateOfBirth.value === made.birth || mrz!.dateOfBirth.centuryDoubtful).toBe(
          true,
        );
      }),
    );
  });

  it('is refused, or read as another one, with any one character changed', () => {
    holdsFor(
      fc.property(
        holder,
        fc.nat(),
        fc.constantFrom(...Array.from(CHARACTERS)),
        (made, spot, character) => {
          const lines = write(made);
          const [line, at] = [spot % lines.length, (spot >> 3) % lines[0]!.length];
          fc.pre(lines[line]![at] !== character);
          const changed = lines.with(
            line,
            lines[line]!.slice(0, at) + character + lines[line]!.slice(at + 1),
          );
          const [before, after] = [read(lines)!, read(changed)];
          return after === null || JSON.stringify(told(before)) !== JSON.stringify(told(after));
        },
      ),
      1000,
    );
  });

  it('breaks a check digit with any change of value under one', () => {
    holdsFor(
      fc.property(
        holder,
        fc.nat(26),
        fc.constantFrom(...Array.from(CHARACTERS)),
        (made, spot, character) => {
          const lines = write({ ...made, format: 'TD3', number: made.number.slice(0, 9) });
          // Number, birth and expiry, with their digits.
          const at = [0, 13, 21][spot % 3]! + (Math.floor(spot / 3) % 7);
          const old = lines[1]![at]!;
          // Weights 7, 3, 1 are prime to 10: only values that differ by tens are taken for each other.
          fc.pre((valueOf(old) - valueOf(character)) % 10 !== 0);
          const second = lines[1]!.slice(0, at) + character + lines[1]!.slice(at + 1);
          const result = parseMrz([lines[0]!, second], options);
          return !result.ok && result.problems.includes('check_digit_wrong');
        },
      ),
      1000,
    );
  });
});

const valueOf = (character: string) => Math.max(0, CHARACTERS.slice(0, 36).indexOf(character));

/** What a zone says, apart from its characters. */
function told({ lines, checkDigits, name, ...rest }: Mrz) {
  const variants = checkDigits.map(({ given, variant }) => [given, variant]);
  return { ...rest, variants, raw: name.raw, code: lines[0]!.slice(0, 2) };
}

describe('the table of states', () => {
  const code = text(LETTERS, 1, 3);

  it('names countries in upper case, and whom it names as issuer may be a nationality', () => {
    holdsFor(
      fc.property(code, fc.boolean(), (state, specimenStates) => {
        const countries = certificateCountriesOf(state, { specimenStates });
        if (countries === null) return true;
        const upper = countries.length > 0 && countries.every((one) => /^[A-Z]{2,3}$/.test(one));
        return upper && isNationality(state, { specimenStates });
      }),
      5000,
    );
  });

  it('compares countries in both directions alike, whatever their case', () => {
    const country = fc
      .tuple(code, fc.boolean())
      .map(([one, lower]) => (lower ? one.toLowerCase() : one));
    holdsFor(
      fc.property(country, country, (one, other) => {
        const same = sameCountry(one, other);
        return same === sameCountry(other, one) && (!same || one.length === other.length);
      }),
      2000,
    );
  });

  it('knows Utopia in test mode only', () => {
    expect(certificateCountriesOf('UTO', { specimenStates: true })).toEqual(['UT']);
    expect(certificateCountriesOf('UTO', { specimenStates: false })).toBeNull();
  });
});
