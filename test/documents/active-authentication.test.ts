import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
  sign,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  hashOfRecoveredBlock,
  judgeActiveAuthentication,
} from '../../src/documents/active-authentication.ts';
import { readActiveAuthenticationKey } from '../../src/documents/chip-keys.ts';
import { publicKeyOf } from '../../src/documents/public-keys.ts';
import { hashBytes, type HashName } from '../../src/documents/signature-algorithms.ts';
import { vector, vectorJson, vectorsAreHere } from './vectors.ts';

const challenge = Buffer.from('0102030405060708', 'hex');
const wrong = { ok: false, reason: 'response_wrong' };
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const keyOf = (key: typeof rsa) =>
  publicKeyOf(createPublicKey(key).export({ type: 'spki', format: 'der' }));

function block(hash: HashName, trailer: string, header = 0x6a): Buffer {
  const end = Buffer.from(trailer, 'hex');
  const nonce = Buffer.alloc(128 - 1 - hashBytes[hash] - end.length, 0x5a);
  const digest = createHash(hash).update(nonce).update(challenge).digest();
  return Buffer.concat([Buffer.from([header]), nonce, digest, end]);
}
const answer = (bytes: Buffer) =>
  privateEncrypt({ key: rsa, padding: constants.RSA_NO_PADDING }, bytes);
const judge = (response: Buffer, given = challenge) =>
  judgeActiveAuthentication(keyOf(rsa), { challenge: given, response }, undefined);

describe('active authentication with RSA (ISO/IEC 9796-2)', () => {
  it.each([
    ['sha1', 'bc'],
    ['sha1', '33cc'],
    ['sha256', '34cc'],
    ['sha512', '35cc'],
    ['sha384', '36cc'],
    ['sha224', '38cc'],
  ] as const)('passes with %s and trailer %s', (hash, trailer) => {
    expect(judge(answer(block(hash, trailer)))).toEqual({ ok: true, hash });
  });

  it.each([
    ['another challenge', answer(block('sha256', '34cc')), Buffer.alloc(8)],
    ['another header', answer(block('sha256', '34cc', 0x4a)), challenge],
    ['a trailer of another hash', answer(block('sha256', '33cc')), challenge],
    ['a trailer that names none', answer(block('sha256', '31cc')), challenge],
    ['a response too short', answer(block('sha256', '34cc')).subarray(1), challenge],
    ['a response of zeros', Buffer.alloc(128), challenge],
    ['nothing', Buffer.alloc(0), challenge],
  ])('fails with %s', (_what, response, given) => {
    expect(judge(response, given)).toEqual(wrong);
  });

  it.each([0, 7, 9, 16])('takes no challenge of %i octets', (length) => {
    const response = answer(block('sha256', '34cc'));
    const reason = 'challenge_not_8_bytes';
    expect(judge(response, Buffer.alloc(length))).toEqual({ ok: false, reason });
  });

  it('refuses a block that is all hash, with nothing recovered', () => {
    const digest = createHash('sha1').update(challenge).digest();
    const bare = Buffer.concat([Buffer.from([0x6a]), digest, Buffer.from([0xbc])]);
    expect(hashOfRecoveredBlock(bare, challenge)).toBeNull();
  });
});

describe('active authentication with ECDSA', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' });
  const key = keyOf(privateKey);
  const signed = (hash: string, dsaEncoding: 'ieee-p1363' | 'der') =>
    sign(hash, challenge, { key: privateKey, dsaEncoding });

  it.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const)(
    'passes with %s, plain and DER',
    (hash) => {
      for (const encoding of ['ieee-p1363', 'der'] as const) {
        const exchange = { challenge, response: signed(hash, encoding) };
        expect(judgeActiveAuthentication(key, exchange, hash)).toEqual({ ok: true, hash });
        expect(judgeActiveAuthentication(key, exchange, undefined)).toEqual({ ok: true, hash });
      }
    },
  );

  it('fails with another hash than DG14 names, another challenge, another key', () => {
    const response = signed('sha256', 'ieee-p1363');
    expect(judgeActiveAuthentication(key, { challenge, response }, 'sha384')).toEqual(wrong);
    const other = { challenge: Buffer.alloc(8), response };
    expect(judgeActiveAuthentication(key, other, undefined)).toEqual(wrong);
    const clone = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey;
    expect(judgeActiveAuthentication(keyOf(clone), { challenge, response }, undefined)).toEqual(
      wrong,
    );
    const zeros = { challenge, response: Buffer.alloc(64) };
    expect(judgeActiveAuthentication(key, zeros, undefined)).toEqual(wrong);
  });
});

describe.skipIf(!vectorsAreHere)('real exchanges', () => {
  const [exchange, worked] = vectorsAreHere
    ? (vectorJson('aa/vectors.json') as {
        dg15: string;
        rndIfd: string;
        signature: string;
        F: string;
      }[])
    : [];
  const hex = (text: string) => Buffer.from(text, 'hex');

  it('pass: RSA of 1792 bits with trailer 34CC', () => {
    const key = readActiveAuthenticationKey(hex(exchange!.dg15));
    const response = hex(exchange!.signature);
    const judged = judgeActiveAuthentication(
      key,
      { challenge: hex(exchange!.rndIfd), response },
      undefined,
    );
    expect(judged).toEqual({ ok: true, hash: 'sha256' });
    const replayed = judgeActiveAuthentication(
      key,
      { challenge: Buffer.alloc(8), response },
      undefined,
    );
    expect(replayed).toEqual(wrong);
  });

  it('have the block form of Doc 9303-11 Appendix F, and fail for another nonce', () => {
    const bytes = hex(worked!.F);
    expect(bytes.length).toBe(128);
    expect(hashOfRecoveredBlock(bytes, Buffer.alloc(8))).toBeNull();
    expect(hashOfRecoveredBlock(bytes, hex('f173589974bf40c6'))).toBe('sha1');
  });

  it('can be played with the key of the BSI reference passport', () => {
    const key = readActiveAuthenticationKey(vector('bsi-tr03105-5/Datagroup15.bin'));
    expect(key.kind === 'rsa' && key.modulusBits).toBe(1024);
  });
});
