import { createPrivateKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { simulateChip } from '../../src/dev/passport-maker/simulate-chip.ts';
import {
  chipAuthenticationInfos,
  writeDg14,
  type ChipAuthenticationChipKey,
} from '../../src/dev/passport-maker/write-chip-files.ts';
import type { ChipAuthenticationState } from '../../src/documents/chip-authentication.ts';
import { readChipAuthenticationKey } from '../../src/documents/chip-authentication-keys.ts';
import { dhKey, ecKey, run } from './chip-run.ts';
import { chipFilesOf, vector, vectorsAreHere } from './vectors.ts';

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
    ['a group beyond 4096 bits', dhKey('modp17'), 'dh_prime_size'],
  ])('are refused on %s, and passed over where another remains', (_name, key, reason) => {
    const bad: ChipAuthenticationChipKey = { key, cipher: 'aes-256', keyId: 1 };
    expect(() => readChipAuthenticationKey(dg14(bad))).toThrow(reason);
    const good: ChipAuthenticationChipKey = { key: ecKey('P-256'), cipher: '3des', keyId: 2 };
    expect(readChipAuthenticationKey(dg14(bad, good))).toMatchObject({ cipher: '3des' });
  });
});

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

  it('the Diffie-Hellman key of Doc 9303’s own sample is read', () => {
    const key = readChipAuthenticationKey(vector('dgs/doc9303_spec_sample_DG14.bin'));
    expect(key?.parameters.kind).toBe('dh');
    expect(key?.cipher).toBe('3des');
  });
});
