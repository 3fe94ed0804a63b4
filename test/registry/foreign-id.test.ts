import { describe, expect, it, test } from 'vitest';
import {
  drawForeignId,
  formatForeignId,
  parseForeignId,
  withCheckDigits,
} from '../../src/registry/foreign-id.ts';
import type { ForeignIdNumber } from '../../src/registry/foreign-id.ts';
import { systemRandom } from '../../src/lib/random.ts';

/** The vectors of docs/foreign-id.md. */
const VECTORS = [
  ['F0123456789', 'F012345678907', 'F 0123 4567 89 07'],
  ['F0000000000', 'F000000000027', 'F 0000 0000 00 27'],
  ['F9999999999', 'F999999999977', 'F 9999 9999 99 77'],
  ['F1000000000', 'F100000000022', 'F 1000 0000 00 22'],
  ['F8675309123', 'F867530912368', 'F 8675 3091 23 68'],
] as const;

/** ISO/IEC 7064 MOD 97-10 the other way round: the whole number at once, as a big integer. */
function holdsByDefinition(number: string): boolean {
  const digits = number.replace(/^[A-Z]/, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}

describe('a foreign-national ID', () => {
  test.each(VECTORS)('%s has the check digits of %s', (body, number, shown) => {
    expect(withCheckDigits(body)).toBe(number);
    expect(formatForeignId(number as ForeignIdNumber)).toBe(shown);
    expect(parseForeignId(shown)).toEqual({ ok: true, number });
    expect(holdsByDefinition(number)).toBe(true);
  });

  test.each(['F012345678907', 'f 0123 4567 89 07', ' F-0123-4567-89-07 ', 'F\u00a00123 4567 8907'])(
    'is read from %j',
    (text) => {
      expect(parseForeignId(text)).toEqual({ ok: true, number: 'F012345678907' });
    },
  );

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    [null, 'empty'],
    [12, 'empty'],
    ['F'.repeat(65), 'too_long'],
    ['1012345678907', 'prefix'],
    ['G012345678907', 'prefix'],
    ['F01234567890', 'length'],
    ['F0123456789070', 'length'],
    ['F01234567890O', 'not_digits'],
    ['F０１２３４５６７８９０７', 'not_digits'],
    ['F012345678908', 'check_digits'],
    ['F123456789097', 'check_digits'],
  ])('%j is refused: %s', (text, reason) => {
    expect(parseForeignId(text)).toEqual({ ok: false, reason });
  });

  it('has one spelling only: check digits 00, 01 and 99 are refused', () => {
    for (let step = 0; step < 2000; step += 1) {
      const number = drawForeignId(systemRandom);
      const check = Number(number.slice(-2));
      expect(check).toBeGreaterThanOrEqual(2);
      expect(check).toBeLessThanOrEqual(98);
      for (const twin of [check - 97, check + 97].filter((value) => value >= 0 && value <= 99))
        expect(parseForeignId(number.slice(0, -2) + String(twin).padStart(2, '0')).ok).toBe(false);
    }
  });

  it('can have another prefix by configuration, and then no other', () => {
    const number = drawForeignId(systemRandom, '9');
    expect(number).toMatch(/^9\d{12}$/);
    expect(parseForeignId(number, '9')).toEqual({ ok: true, number });
    expect(parseForeignId(number).ok).toBe(false);
    expect(formatForeignId(number)).toMatch(/^9 \d{4} \d{4} \d{2} \d{2}$/);
  });
});

describe('what the check digits catch, over 2,000 drawn numbers', () => {
  const numbers = Array.from({ length: 2000 }, () => drawForeignId(systemRandom));
  const isRead = (digits: string) => parseForeignId(`F${digits}`).ok;

  it('all pass by the definition of the standard', () => {
    expect(numbers.every((number) => parseForeignId(number).ok && holdsByDefinition(number))).toBe(
      true,
    );
  });

  it('every single-digit error', () => {
    for (const number of numbers.slice(0, 300)) {
      const digits = number.slice(1);
      for (let at = 0; at < digits.length; at += 1)
        for (let wrong = 0; wrong < 10; wrong += 1)
          if (String(wrong) !== digits[at])
            expect(isRead(digits.slice(0, at) + wrong + digits.slice(at + 1))).toBe(false);
    }
  });

  it('every swap of neighbours and every jump swap', () => {
    for (const number of numbers) {
      const digits = number.slice(1);
      for (const jump of [1, 2])
        for (let at = 0; at + jump < digits.length; at += 1) {
          const swapped = digits.split('');
          [swapped[at], swapped[at + jump]] = [digits[at + jump]!, digits[at]!];
          const wrong = swapped.join('');
          if (wrong !== digits) expect(isRead(wrong)).toBe(false);
        }
    }
  });

  it('every twin error', () => {
    for (const number of numbers) {
      const digits = number.slice(1);
      for (let at = 0; at + 1 < digits.length; at += 1) {
        if (digits[at] !== digits[at + 1]) continue;
        for (let wrong = 0; wrong < 10; wrong += 1)
          if (String(wrong) !== digits[at])
            expect(isRead(digits.slice(0, at) + wrong + wrong + digits.slice(at + 2))).toBe(false);
      }
    }
  });
});

describe('a drawn number', () => {
  it('takes every one of the ten billion with equal chance, leading zeros kept', () => {
    const random = {
      ...systemRandom,
      integer: (exclusiveMax: number) => (expect(exclusiveMax).toBe(10_000_000_000), 7),
    };
    expect(drawForeignId(random)).toBe(withCheckDigits('F0000000007'));
  });

  it('spreads evenly over its digits', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let step = 0; step < 5000; step += 1)
      for (const digit of drawForeignId(systemRandom).slice(1, 11)) counts[Number(digit)]! += 1;
    // 50,000 draws: 5,000 each, standard deviation 67; eight of them never happen by chance.
    for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(540);
  });
});
