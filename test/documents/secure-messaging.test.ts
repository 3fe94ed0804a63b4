import { describe, expect, it } from 'vitest';
import { openAnswer, plainApdu, protectCommand } from '../../src/documents/secure-messaging.ts';
import {
  deriveSessionKeys,
  macOf,
  type SessionKeys,
} from '../../src/documents/secure-messaging-ciphers.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('session keys', () => {
  it('are those of Doc 9303-11 appendix D for 3DES, but for parity bits that no cipher uses', () => {
    const withParity = (key: Buffer) =>
      Buffer.from(
        key.map((octet) => {
          const ones = (octet & 0xfe).toString(2).replaceAll('0', '').length;
          return (octet & 0xfe) | (ones % 2 === 0 ? 1 : 0);
        }),
      ).toString('hex');
    const keys = deriveSessionKeys('3des', hex('239ab9cb282daf66231dc5a4df6bfbae'));
    expect(withParity(keys.encryption)).toBe('ab94fdecf2674fdfb9b391f85d7f76f2');
    expect(withParity(keys.mac)).toBe('7962d9ece03d1acd4c76089dce131543');
    const session = deriveSessionKeys('3des', hex('0036d272f5c350acac50c3f572d23600'));
    expect(withParity(session.encryption)).toBe('979ec13b1cbfe9dcd01ab0fed307eae5');
    expect(withParity(session.mac)).toBe('f1cb1f1fb5adf208806b89dc579dc1f8');
  });

  it('are those of Doc 9303-11 appendix G.1 for AES-128', () => {
    const secret = '28768d20701247dae81804c9e780ede582a9996db4a315020b2733197db84925';
    const keys = deriveSessionKeys('aes-128', hex(secret));
    expect(keys.encryption.toString('hex')).toBe('f5f0e35c0d7161ee6724ee513a0d9a7f');
    expect(keys.mac.toString('hex')).toBe('fe251c7858b356b24514b3bd5f4297d1');
  });

  it.each([
    ['aes-192', 24],
    ['aes-256', 32],
  ] as const)('have the length of %s', (cipher, length) => {
    const { encryption, mac } = deriveSessionKeys(cipher, Buffer.alloc(32, 7));
    expect([encryption.length, mac.length]).toEqual([length, length]);
    expect(encryption.equals(mac)).toBe(false);
  });
});

describe('the MAC', () => {
  it('is AES-CMAC cut to 8 octets (RFC 4493 §4, examples 2 and 4)', () => {
    const mac = hex('2b7e151628aed2a6abf7158809cf4f3c');
    const keys: SessionKeys = { cipher: 'aes-128', encryption: mac, mac };
    const message = hex(
      '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51' +
        '30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
    );
    expect(macOf(keys, message.subarray(0, 16)).toString('hex')).toBe('070a16b46b4d4144');
    expect(macOf(keys, message).toString('hex')).toBe('51f0bebf7e3b9d92');
  });
});

/** Doc 9303-11 appendix D.4: the commands of a 3DES session, octet for octet. */
describe('secure messaging with 3DES', () => {
  const keys: SessionKeys = {
    cipher: '3des',
    encryption: hex('979ec13b1cbfe9dcd01ab0fed307eae5'),
    mac: hex('f1cb1f1fb5adf208806b89dc579dc1f8'),
  };
  const counter = (step: number) => {
    const octets = hex('887022120c06c226');
    octets[7]! += step;
    return octets;
  };

  it('protects SELECT EF.COM and opens its answer', () => {
    const select = { ins: 0xa4, p1: 0x02, p2: 0x0c, data: hex('011e') };
    expect(protectCommand(keys, counter(1), select).toString('hex')).toBe(
      '0ca4020c158709016375432908c044f68e08bf8b92d635ff24f800',
    );
    const answer = hex('990290008e08fa855a5d4c50a8ed9000');
    expect(openAnswer(keys, counter(2), answer)).toEqual({
      ok: true,
      data: Buffer.alloc(0),
      statusWord: 0x9000,
    });
  });

  it('protects READ BINARY and decrypts its answer', () => {
    const read = { ins: 0xb0, p1: 0, p2: 0, le: 4 };
    expect(protectCommand(keys, counter(3), read).toString('hex')).toBe(
      '0cb000000d9701048e08ed6705417e96ba5500',
    );
    const answer = hex('8709019ff0ec34f9922651990290008e08ad55cc17140b2ded9000');
    expect(openAnswer(keys, counter(4), answer)).toMatchObject({ data: hex('60145f01') });
    const more = { ins: 0xb0, p1: 0, p2: 4, le: 0x12 };
    expect(protectCommand(keys, counter(5), more).toString('hex')).toBe(
      '0cb000040d9701128e082ea28a70f3c7b53500',
    );
    const rest = hex(
      '871901fb9235f4e4037f2327dcc8964f1f9b8c30f42c8e2fff224a990290008e08c8b2787eaea07d749000',
    );
    expect(openAnswer(keys, counter(6), rest)).toMatchObject({
      data: hex('04303130365f36063034303030305c026175'),
    });
  });

  it('refuses an answer with any bit changed, at another counter, cut, swollen or out of order', () => {
    const answer = hex('8709019ff0ec34f9922651990290008e08ad55cc17140b2ded9000');
    for (let bit = 0; bit < answer.length * 8; bit++) {
      const altered = Buffer.from(answer);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, openAnswer(keys, counter(4), altered).ok]).toEqual([bit, false]);
    }
    for (const step of [2, 3, 5]) expect(openAnswer(keys, counter(step), answer).ok).toBe(false);
    for (let length = 0; length < answer.length; length++) {
      expect(openAnswer(keys, counter(4), answer.subarray(0, length)).ok).toBe(false);
    }
    for (const wrong of [
      hex('8709019ff0ec34f9922651990290008e08ad55cc17140b2ded00009000'),
      hex('990290008709019ff0ec34f99226518e08ad55cc17140b2ded9000'),
      hex('9902900099029000990290009000'),
    ]) {
      expect(openAnswer(keys, counter(4), wrong).ok).toBe(false);
    }
  });

  it('tells a bare status word from a wrong answer', () => {
    expect(openAnswer(keys, counter(2), hex('6988'))).toEqual({
      ok: false,
      reason: 'answer_not_protected',
    });
  });
});

describe('a plain command', () => {
  it('is short up to 255 octets and extended beyond', () => {
    const command = { ins: 0x86, p1: 0, p2: 0, le: 0 };
    expect(plainApdu({ ...command, data: hex('7c00') }).toString('hex')).toBe('00860000027c0000');
    const long = plainApdu({ ...command, data: Buffer.alloc(260, 1) });
    expect(long.toString('hex', 0, 7)).toBe('00860000000104');
    expect(long.length).toBe(7 + 260 + 2);
  });
});
