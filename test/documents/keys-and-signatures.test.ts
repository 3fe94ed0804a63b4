import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
  sign,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readOnly } from '../../src/documents/ber.ts';
import {
  derBits,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derUnsigned,
} from '../../src/documents/der-writer.ts';
import { curves } from '../../src/documents/elliptic-curves.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { nameOfKey, publicKeyOf } from '../../src/documents/public-keys.ts';
import { signatureAlgorithmOf } from '../../src/documents/signature-algorithms.ts';
import type { SignatureAlgorithm } from '../../src/documents/signature-algorithms.ts';
import { signatureHolds } from '../../src/documents/signatures.ts';
import { vectorJson, vectorsAreHere } from './vectors.ts';

const spki = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'der' });
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof FormatRefusal) return error.reason;
    throw error;
  }
  return 'accepted';
};
const hex = (text: string) => Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex');
const nodeNames: Readonly<Record<string, string>> = {
  'P-192': 'prime192v1',
  'P-224': 'secp224r1',
};
const ecPair = (name: string, paramEncoding: 'named' | 'explicit') =>
  generateKeyPairSync('ec', { namedCurve: nodeNames[name] ?? name, paramEncoding });

describe('elliptic curve keys', () => {
  it.each(curves.map(({ name }) => name))('are read on %s, named and explicit', (name) => {
    for (const encoding of ['named', 'explicit'] as const) {
      const { privateKey } = ecPair(name, encoding);
      const key = publicKeyOf(spki(privateKey));
      expect(nameOfKey(key)).toBe(name);
      const data = Buffer.from('data');
      const signature = sign('sha256', data, privateKey);
      const algorithm: SignatureAlgorithm = { family: 'ecdsa', hash: 'sha256' };
      expect(signatureHolds({ publicKey: key, algorithm, data, signature })).toBe(true);
      signature[signature.length - 1]! ^= 1;
      expect(signatureHolds({ publicKey: key, algorithm, data, signature })).toBe(false);
    }
  });

  it('are refused on a curve that is not on the list', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    expect(refusal(() => publicKeyOf(spki(privateKey)))).toBe('unsupported_curve');
  });

  const curve = curves.find(({ name }) => name === 'P-256')!;
  const point = hex(curve.g);
  const explicit = (
    changes: Partial<Record<'p' | 'a' | 'b' | 'g' | 'n', string>>,
    cofactor = 1,
  ) => {
    const parts = { ...curve, ...changes };
    const parameters = derSequence(
      derInteger(1),
      derSequence(derOid('1.2.840.10045.1.1'), derUnsigned(hex(parts.p))),
      derSequence(derOctets(hex(parts.a)), derOctets(hex(parts.b))),
      derOctets(hex(parts.g)),
      derUnsigned(hex(parts.n)),
      derInteger(cofactor),
    );
    return derSequence(derSequence(derOid('1.2.840.10045.2.1'), parameters), derBits(point));
  };

  it('are accepted with explicit parameters that equal a curve in full', () => {
    expect(nameOfKey(publicKeyOf(explicit({})))).toBe('P-256');
  });

  it.each([
    ['generator', explicit({ g: `04${'11'.repeat(64)}` })],
    ['order', explicit({ n: curve.n.replace('51', '53') })],
    ['coefficient', explicit({ b: curve.b.replace('4b', '4d') })],
    ['field', explicit({ p: curves[3]!.p })],
    ['cofactor', explicit({}, 2)],
  ])('are refused with another %s', (_what, bytes) => {
    expect(refusal(() => publicKeyOf(bytes))).toBe('curve_parameters_not_allowed');
  });

  it('are refused with a point that is not on the curve', () => {
    const off = Buffer.from(point);
    off[64]! ^= 1;
    const named = derSequence(derOid('1.2.840.10045.2.1'), derOid(curve.oid));
    expect(refusal(() => publicKeyOf(derSequence(named, derBits(off))))).toBe('bad_public_key');
    const short = derSequence(named, derBits(point.subarray(0, 64)));
    expect(refusal(() => publicKeyOf(short))).toBe('bad_ec_point');
  });
});

describe.skipIf(!vectorsAreHere)('a signature forged under a substituted generator', () => {
  it('is refused with its key, and does not hold under the honest one', () => {
    const quirk = vectorJson('quirks/explicit_curve_substituted_generator.json') as Record<
      'honestSpki' | 'evilSpki' | 'message' | 'signatureDer',
      string
    >;
    expect(refusal(() => publicKeyOf(hex(quirk.evilSpki)))).toBe('curve_parameters_not_allowed');
    const holds = signatureHolds({
      publicKey: publicKeyOf(hex(quirk.honestSpki)),
      algorithm: { family: 'ecdsa', hash: 'sha256' },
      data: hex(quirk.message),
      signature: hex(quirk.signatureDer),
    });
    expect(holds).toBe(false);
  });
});

describe('RSA keys and signatures', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = publicKeyOf(spki(privateKey));
  const data = Buffer.from('what is signed');
  const digestInfo = (parameters: Buffer[]) =>
    derSequence(
      derSequence(derOid('2.16.840.1.101.3.4.2.1'), ...parameters),
      derOctets(createHash('sha256').update(data).digest()),
    );
  const raw = (info: Buffer, filler = 0xff) => {
    const padding = Buffer.alloc(256 - info.length - 3, filler);
    const block = Buffer.concat([hex('0001'), padding, hex('00'), info]);
    return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
  };
  const pkcs1: SignatureAlgorithm = { family: 'rsa-pkcs1', hash: 'sha256' };
  const holds = (signature: Buffer, algorithm: SignatureAlgorithm = pkcs1) =>
    signatureHolds({ publicKey, algorithm, data, signature });

  it('hold with PKCS #1 v1.5, the NULL of DigestInfo there or left out', () => {
    expect(holds(sign('sha256', data, privateKey))).toBe(true);
    expect(holds(raw(digestInfo([derNull()])))).toBe(true);
    expect(holds(raw(digestInfo([])))).toBe(true);
  });

  it('do not hold with other padding, trailing rubbish, another hash or another length', () => {
    expect(holds(raw(digestInfo([derNull()]), 0xfe))).toBe(false);
    expect(holds(raw(Buffer.concat([digestInfo([derNull()]), hex('00')])))).toBe(false);
    expect(holds(sign('sha1', data, privateKey))).toBe(false);
    expect(holds(sign('sha256', data, privateKey).subarray(1))).toBe(false);
    expect(holds(Buffer.alloc(256, 0xff))).toBe(false);
    expect(holds(sign('sha256', data, privateKey), { family: 'ecdsa', hash: 'sha256' })).toBe(
      false,
    );
  });

  it.each([20, 32, 0])('hold with PSS and a salt of %i octets, not with another', (saltLength) => {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const signature = sign('sha256', data, { key: privateKey, padding, saltLength });
    const pss = { family: 'rsa-pss', hash: 'sha256', mgfHash: 'sha256' } as const;
    expect(holds(signature, { ...pss, saltBytes: saltLength })).toBe(true);
    expect(holds(signature, { ...pss, saltBytes: saltLength + 1 })).toBe(false);
    expect(holds(signature, { ...pss, mgfHash: 'sha1', saltBytes: saltLength })).toBe(false);
  });

  it('hold with PSS where the mask hash is another than the message hash', () => {
    const mixed = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha1',
    });
    const key = publicKeyOf(spki(mixed.privateKey));
    const signature = sign('sha256', data, { key: mixed.privateKey, saltLength: 32 });
    const algorithm: SignatureAlgorithm = {
      family: 'rsa-pss',
      hash: 'sha256',
      mgfHash: 'sha1',
      saltBytes: 32,
    };
    const check = (tried: SignatureAlgorithm, bytes = data) =>
      signatureHolds({ publicKey: key, algorithm: tried, data: bytes, signature });
    expect(check(algorithm)).toBe(true);
    expect(check(algorithm, Buffer.from('another'))).toBe(false);
    expect(check({ ...algorithm, mgfHash: 'sha256' })).toBe(false);
    expect(check({ family: 'rsa-pkcs1', hash: 'sha256' })).toBe(false);
  });

  const rsaSpki = (modulus: Buffer, exponent: Buffer) =>
    derSequence(
      derSequence(derOid('1.2.840.113549.1.1.1'), derNull()),
      derBits(derSequence(derUnsigned(modulus), derUnsigned(exponent))),
    );
  const odd = (bits: number) => Buffer.alloc(bits / 8, 0xff);
  it.each([
    ['512 bits', rsaSpki(odd(512), hex('010001')), 'rsa_modulus_size'],
    ['16384 bits', rsaSpki(odd(16384), hex('010001')), 'rsa_modulus_size'],
    ['the exponent 1', rsaSpki(odd(2048), hex('01')), 'bad_rsa_exponent'],
    ['an even exponent', rsaSpki(odd(2048), hex('010000')), 'bad_rsa_exponent'],
    ['the exponent 0', rsaSpki(odd(2048), hex('00')), 'bad_rsa_key'],
  ])('are refused with %s', (_what, bytes, reason) => {
    expect(refusal(() => publicKeyOf(bytes))).toBe(reason);
  });
});

describe('signature algorithms', () => {
  const read = (bytes: Buffer) => signatureAlgorithmOf(readOnly(bytes), 'sha384');

  it('take the defaults of PSS parameters that are left out (RFC 4055 §3.1)', () => {
    const empty = derSequence(derOid('1.2.840.113549.1.1.10'), derSequence());
    expect(read(empty)).toEqual({
      family: 'rsa-pss',
      hash: 'sha1',
      mgfHash: 'sha1',
      saltBytes: 20,
    });
  });

  it('take the digest of the signer where only the key is named', () => {
    const rsa = derSequence(derOid('1.2.840.113549.1.1.1'), derNull());
    expect(read(rsa)).toEqual({ family: 'rsa-pkcs1', hash: 'sha384' });
  });

  it.each([
    [
      'MD5 with RSA',
      derSequence(derOid('1.2.840.113549.1.1.4'), derNull()),
      'unsupported_signature_algorithm',
    ],
    [
      'parameters on ECDSA',
      derSequence(derOid('1.2.840.10045.4.3.2'), derInteger(1)),
      'bad_signature_algorithm',
    ],
    [
      'NULL parameters on PSS',
      derSequence(derOid('1.2.840.113549.1.1.10'), derNull()),
      'bad_pss_parameters',
    ],
  ])('are refused with %s', (_what, bytes, reason) => {
    expect(refusal(() => read(bytes))).toBe(reason);
  });
});
