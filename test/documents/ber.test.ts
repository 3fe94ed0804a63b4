import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { integerOctets, octetsOf, oidOf, timeOf } from '../../src/documents/asn1-values.ts';
import { childrenOf, contentOf, rawOf, readFirst, readOnly } from '../../src/documents/ber.ts';
import { der, derOid, derSequence, derTime } from '../../src/documents/der-writer.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof FormatRefusal) return error.reason;
    throw error;
  }
  return 'accepted';
};
/** Reads every element there is. */
const walk = (bytes: Buffer, rules: 'ber' | 'der' = 'der') => {
  const visit = (element: ReturnType<typeof readOnly>): void => {
    if (element.constructed) for (const child of childrenOf(element)) visit(child);
  };
  visit(readOnly(bytes, { rules }));
};

describe('the BER reader', () => {
  it('points into the bytes as they came', () => {
    const bytes = hex('30 06 02 01 05 04 01 ff');
    const [number, octets] = childrenOf(readOnly(bytes));
    expect(contentOf(number!)).toEqual(hex('05'));
    expect(rawOf(octets!)).toEqual(hex('04 01 ff'));
    expect(rawOf(octets!).buffer).toBe(bytes.buffer);
  });

  it('reads indefinite lengths and octets in pieces at the CMS level only', () => {
    const bytes = hex('30 80 24 80 04 01 aa 04 02 bb cc 00 00 00 00');
    const [octets] = childrenOf(readOnly(bytes, { rules: 'ber' }));
    expect(octetsOf(octets, 'bad')).toEqual(hex('aa bb cc'));
    expect(refusal(() => readOnly(bytes))).toBe('indefinite_length');
  });

  it.each([
    ['nothing', '', 'truncated'],
    ['a tag alone', '30', 'truncated'],
    ['a length past the end', '30 05 02 01 05', 'length_past_end'],
    ['four gigabytes', '30 84 ff ff ff ff', 'length_past_end'],
    ['a length of five octets', '30 85 01 00 00 00 00', 'length_too_long'],
    ['bytes after the element', '02 01 05 00', 'trailing_bytes'],
    ['a length that is not minimal', '30 81 03 02 01 05', 'length_not_minimal'],
    ['a length with a leading zero', '30 82 00 03 02 01 05', 'length_not_minimal'],
    ['a child past its parent', '30 03 02 05 01', 'length_past_end'],
    ['a tag of four octets', '1f 81 81 81 01 00', 'tag_too_long'],
    ['a zero tag', '30 02 00 00', 'unexpected_end_of_contents'],
  ])('refuses %s', (_what, bytes, reason) => {
    expect(refusal(() => walk(hex(bytes)))).toBe(reason);
  });

  it.each([
    ['no end of contents', '30 80 02 01 05', 'missing_end_of_contents'],
    ['half an end of contents', '30 80 02 01 05 00', 'bad_end_of_contents'],
    ['a primitive of indefinite length', '04 80 00 00', 'indefinite_primitive'],
  ])('refuses %s in BER', (_what, bytes, reason) => {
    expect(refusal(() => walk(hex(bytes), 'ber'))).toBe(reason);
  });

  it('gives up on depth and on numbers of elements in no time', () => {
    const started = performance.now();
    const deep = Buffer.alloc(200_000, hex('30 80'));
    expect(refusal(() => readOnly(deep, { rules: 'ber' }))).toBe('nested_too_deep');
    let nested: Buffer = hex('05 00');
    for (let level = 0; level < 40; level++) nested = der(0x30, nested);
    expect(refusal(() => walk(nested))).toBe('nested_too_deep');
    const many = der(0x30, Buffer.alloc(2_000_000, hex('05 00')));
    expect(refusal(() => walk(many))).toBe('too_many_elements');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('refuses anything but its own typed refusal, whatever the bytes', () => {
    let state = 1;
    const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(Array.from({ length: next() % 40 }, () => next() >> 8));
      if (bytes.length > 0) bytes[0] = 0x30;
      expect(typeof refusal(() => walk(bytes, round % 2 ? 'ber' : 'der'))).toBe('string');
    }
  });
});

describe('values', () => {
  it.each([
    '2.5.4.6',
    '1.2.840.113549.1.7.2',
    '2.23.136.1.1.1',
    '0.4.0.127.0.7.2.2.3.2.2',
    '2.999.3',
  ])('reads the object identifier %s', (oid) => {
    expect(oidOf(readOnly(derOid(oid)))).toBe(oid);
  });

  it.each([
    ['an empty one', '06 00'],
    ['one that ends in the middle', '06 02 2a 86'],
    ['a padded arc', '06 03 2a 80 01'],
    ['an arc beyond 2^53', '06 0a 2a ff ff ff ff ff ff ff ff 7f'],
  ])('refuses %s as object identifier', (_what, bytes) => {
    expect(refusal(() => oidOf(readOnly(hex(bytes))))).toBe('bad_oid');
  });

  it('reads times to the second, both kinds', () => {
    for (const text of ['2026-11-22T12:34:56Z', '1999-12-31T23:59:59Z', '2061-01-01T00:00:00Z']) {
      const at = new Date(text);
      expect(timeOf(readOnly(derTime(at)))).toBe(at.getTime());
    }
  });

  it.each(['261322000000Z', '260230000000Z', '261122250000Z', '2611220000', '26112200000000Z'])(
    'refuses the time %s',
    (text) => {
      const element = readOnly(der(0x17, Buffer.from(text)));
      expect(refusal(() => timeOf(element))).toBe('bad_time');
    },
  );

  it('refuses an empty integer', () => {
    expect(refusal(() => integerOctets(readFirst(hex('02 00'))))).toBe('bad_integer');
  });

  it('joins no pieces in DER', () => {
    const [octets] = childrenOf(readOnly(derSequence(der(0x24, der(0x04, hex('aa'))))));
    expect(refusal(() => octetsOf(octets, 'bad_octets'))).toBe('bad_octets');
  });
});
