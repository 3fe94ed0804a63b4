import { checkPrimeSync, createPrivateKey, getDiffieHellman, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { simulateChip } from '../../src/dev/passport-maker/simulate-chip.ts';
import {
  chipAuthenticationInfos,
  writeDg14,
  type ChipAuthenticationChipKey,
} from '../../src/dev/passport-maker/write-chip-files.ts';
import type { ChipAuthenticationState } from '../../src/documents/chip-authentication.ts';
import { readChipAuthenticationKey } from '../../src/documents/chip-authentication-keys.ts';
import { der, derBits, derOid, derSequence, derUnsigned } from '../../src/documents/der-writer.ts';
import { dhGroups, type DhGroup } from '../../src/documents/dh-groups.ts';
import { dhKey, ecKey, run } from './chip-run.ts';
import { chipFilesOf, vector, vectorsAreHere } from './vectors.ts';

const NODE_GROUPS: Record<string, string> = {
  modp1536: 'modp5',
  modp2048: 'modp14',
  modp3072: 'modp15',
  modp4096: 'modp16',
};

describe('keys of chip authentication', () => {
  const dg14 = (...keys: ChipAuthenticationChipKey[]) =>
    writeDg14(...keys.flatMap((key) => chipAuthenticationInfos(key)));

  it('are chosen by strength', () => {
    const bytes = dg14(
      { key: ecKey('P-256'), cipher: '3des', keyId: 1 },
      { key: ecKey('P-384'), cipher: 'aes-256', keyId: 2 },
      { key: dhKey('modp14'), cipher: 'aes-128', keyId: 3 },
    );
    expect(readChipAuthenticationKey(bytes)).toMatchObject({
      cipher: 'aes-256',
      keyId: Buffer.from([2]),
    });
  });

  it.each([
    ['a curve that is not allowed', ecKey('secp256k1'), 'unsupported_curve'],
    ['a group of 6144 bits', dhKey('modp17'), 'unsupported_dh_group'],
    ['the group of 1024 bits of RFC 2409', dhKey('modp2'), 'unsupported_dh_group'],
  ])('are refused on %s, and passed over where another remains', (_name, key, reason) => {
    const bad: ChipAuthenticationChipKey = { key, cipher: 'aes-256', keyId: 1 };
    expect(() => readChipAuthenticationKey(dg14(bad))).toThrow(reason);
    const good: ChipAuthenticationChipKey = { key: ecKey('P-256'), cipher: '3des', keyId: 2 };
    expect(readChipAuthenticationKey(dg14(bad, good))).toMatchObject({ cipher: '3des' });
  });
});

describe('groups of Diffie-Hellman keys', () => {
  const ID_PK_DH = '0.4.0.127.0.7.2.2.1.1';
  const numbers = (hex: string) =>
    derUnsigned(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'));
  const keyIn = (oid: string, ...domain: readonly string[]) => {
    const algorithm = derSequence(derOid(oid), derSequence(...domain.map(numbers)));
    const spki = derSequence(algorithm, derBits(numbers('0123456789')));
    return der(0x6e, der(0x31, derSequence(derOid(ID_PK_DH), spki)));
  };
  const PKCS3 = '1.2.840.113549.1.3.1';
  const X942 = '1.2.840.10046.2.1';

  it.each(dhGroups.map((group) => [group.name, group] as const))(
    'of which %s is one: of prime order, and read in both spellings',
    (name, { prime, generator, order }) => {
      const [p, g, q] = [prime, generator, order].map((hex) => BigInt(`0x${hex}`));
      expect((p! - 1n) % q!).toBe(0n);
      const known = NODE_GROUPS[name];
      // Node knows the groups of RFC 3526 itself; to prove a prime of 4096 bits takes seconds.
      if (known) expect(prime).toBe(getDiffieHellman(known).getPrime('hex'));
      else {
        expect(checkPrimeSync(p!, { checks: 1 }) && checkPrimeSync(q!, { checks: 1 })).toBe(true);
        expect(powered(g!, q!, p!)).toBe(1n);
      }
      for (const dg14 of [keyIn(PKCS3, prime, generator), keyIn(X942, prime, generator, order)]) {
        const read = readChipAuthenticationKey(dg14);
        expect(read?.parameters).toMatchObject({ kind: 'dh', prime: Buffer.from(prime, 'hex') });
      }
    },
  );

  const [first, second] = dhGroups as [DhGroup, DhGroup];
  const least = (BigInt(`0x${first.prime}`) - 1n).toString(16);

  it.each([
    ['a generator of order 2', keyIn(PKCS3, first.prime, least), 'dh_parameters_not_allowed'],
    ['a generator that is 1', keyIn(PKCS3, first.prime, '1'), 'dh_parameters_not_allowed'],
    [
      'the generator of another group',
      keyIn(PKCS3, first.prime, second.generator),
      'dh_parameters_not_allowed',
    ],
    [
      'an order that is another’s',
      keyIn(X942, first.prime, first.generator, second.order),
      'dh_parameters_not_allowed',
    ],
    ['no order where there must be one', keyIn(X942, first.prime, first.generator), 'bad_dh_key'],
    [
      'a prime that is off by two',
      keyIn(PKCS3, (BigInt(`0x${first.prime}`) + 2n).toString(16), first.generator),
      'unsupported_dh_group',
    ],
    ['a group of its own', keyIn(PKCS3, 'f'.repeat(512), '2'), 'unsupported_dh_group'],
  ])('are refused with %s', (_what, dg14, reason) => {
    expect(() => readChipAuthenticationKey(dg14)).toThrow(reason);
  });
});

function powered(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, left] = [1n, base, exponent];
  for (; left > 0n; left >>= 1n, square = (square * square) % modulus) {
    if (left & 1n) result = (result * square) % modulus;
  }
  return result;
}

const reference = 'bsi-tr03105-5';

describe.skipIf(!vectorsAreHere)('documents that others made', () => {
  it('the reference passport passes with its own secret key and fails with another', () => {
    const files = chipFilesOf(reference);
    const key = createPrivateKey({
      key: vector(`${reference}/DG14_sk.pkcs8`),
      format: 'der',
      type: 'pkcs8',
    });
    const state = (secret: KeyObject): ChipAuthenticationState =>
      run(files, simulateChip(files, { key: secret, cipher: '3des' })).state;
    expect(state(key)).toEqual({ state: 'passed', algorithm: 'ecdh brainpoolP224r1 3des' });
    expect(state(ecKey('brainpoolP224r1'))).toMatchObject({ state: 'failed' });
  });

  it.each([
    ['AT', 'ecdh', 'aes-128', undefined],
    ['DE', 'ecdh', 'aes-128', 'c3'],
    ['MY', 'ecdh', '3des', undefined],
    ['ecdh_explicit', 'ecdh', 'aes-256', undefined],
  ])('the key in DG14 of %s is read', (name, kind, cipher, keyId) => {
    const key = readChipAuthenticationKey(vector(`dgs/DG14_${name}.bin`));
    expect([key?.parameters.kind, key?.cipher, key?.keyId?.toString('hex')]).toEqual([
      kind,
      cipher,
      keyId,
    ]);
  });

  it('the sample of Doc 9303-11 holds a Diffie-Hellman key in a group of its own, and no proof comes of it', () => {
    const dg14 = vector('dgs/doc9303_spec_sample_DG14.bin');
    expect(() => readChipAuthenticationKey(dg14)).toThrow('unsupported_dh_group');
  });
});
