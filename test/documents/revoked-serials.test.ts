import { describe, expect, it } from 'vitest';
import { readOnly } from '../../src/documents/ber.ts';
import { der, derSequence, derTime, derUnsigned } from '../../src/documents/der-writer.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { MAX_REVOKED, revokedSerialsOf } from '../../src/documents/revoked-serials.ts';

const at = derTime(new Date('2026-01-02T03:04:05Z'));
const serial = (value: number) => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return derUnsigned(octets);
};
const reason = derSequence(derSequence(der(0x06, Buffer.from('551d15', 'hex'))));
const listOf = (...entries: Buffer[]) =>
  revokedSerialsOf(readOnly(der(0x30, Buffer.concat(entries))));

describe('the serial numbers of a revocation list', () => {
  it('are found by their content octets, sign octet kept, whatever stands behind them', () => {
    const long = der(0x02, Buffer.alloc(20, 0x7f));
    const list = listOf(
      derSequence(serial(0xd3), at),
      derSequence(long, at, reason),
      derSequence(serial(7), der(0x18, Buffer.from('20510228235960Z'))),
    );
    expect(list.size).toBe(3);
    expect(list.slice(0, 2)).toEqual(['00d3', '7f'.repeat(20)]);
    expect(list.slice(2, 9)).toEqual(['07']);
    expect(['00d3', '7f'.repeat(20), '07'].map((one) => list.has(one))).toEqual([true, true, true]);
    expect(['d3', '7f'.repeat(19), '0007', '', '0d17'].some((one) => list.has(one))).toBe(false);
  });

  it('are none of an empty list', () => {
    expect(listOf()).toMatchObject({ size: 0 });
    expect(listOf().has('07')).toBe(false);
  });

  it.each([
    ['no serial number', derSequence(at)],
    ['an empty serial number', derSequence(der(0x02, Buffer.alloc(0)), at)],
    ['no time', derSequence(serial(7))],
    ['a time that is text', derSequence(serial(7), der(0x0c, Buffer.from('260102030405Z')))],
    ['a thirteenth month', derSequence(serial(7), der(0x17, Buffer.from('261302030405Z')))],
    ['a 31st of April', derSequence(serial(7), der(0x17, Buffer.from('260431030405Z')))],
    ['a 25th hour', derSequence(serial(7), der(0x17, Buffer.from('260102240405Z')))],
    ['a time without seconds', derSequence(serial(7), der(0x17, Buffer.from('2601020304Z')))],
    ['a time of letters', derSequence(serial(7), der(0x17, Buffer.from('2601020304AAZ')))],
    ['something that is no extension', derSequence(serial(7), at, serial(7))],
    ['more behind the extensions', derSequence(serial(7), at, reason, reason)],
    ['no sequence', serial(7)],
    ['a length of 4 GiB', Buffer.from('3084ffffffff020107', 'hex')],
    ['an indefinite length', Buffer.from('30800201070000', 'hex')],
    ['a length that is not minimal', Buffer.from('308103020107', 'hex')],
    ['an entry cut short', derSequence(serial(7), at).subarray(0, -3)],
    ['one octet', Buffer.from('30', 'hex')],
  ])('are refused with %s', (_what, entry) => {
    expect(() => listOf(derSequence(serial(9), at), entry)).toThrow(FormatRefusal);
  });

  it('are read up to a bound', () => {
    const entry = derSequence(serial(7), at);
    const most = Array.from({ length: MAX_REVOKED }, () => entry);
    expect(listOf(...most).size).toBe(MAX_REVOKED);
    expect(() => listOf(...most, entry)).toThrow('too_many_revoked');
  });
});
