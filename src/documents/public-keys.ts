import { createPublicKey, type KeyObject } from 'node:crypto';
import { contentOf, rawOf, readOnly, type Element } from './ber.ts';
import {
  bitStringOctets,
  expectTag,
  integerOctets,
  oidOf,
  sequenceOf,
  smallIntegerOf,
  Tag,
  unsignedHexOf,
} from './asn1-values.ts';
import { derBits, derNull, derOid, derSequence, derUnsigned } from './der-writer.ts';
import { curves, type Curve } from './elliptic-curves.ts';
import { malformed, unsupported } from './format-refusal.ts';
import { pssAlgorithmOf, RSASSA_PSS, type SignatureAlgorithm } from './signature-algorithms.ts';

export type PublicKey =
  | {
      kind: 'rsa';
      key: KeyObject;
      modulusBits: number;
      /** What an RSASSA-PSS key restricts its signatures to (RFC 4055 §3.3). */
      onlyWith?: SignatureAlgorithm;
    }
  | { kind: 'ec'; key: KeyObject; curve: Curve };

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const PRIME_FIELD = '1.2.840.10045.1.1';
/** Below, a key proves nothing; above, one verification costs more than any state's key is worth. */
const MIN_RSA_BITS = 1024;
const MAX_RSA_BITS = 8192;

const PEM_START = '-----BEGIN PUBLIC KEY-----\n';
const PEM_END = '\n-----END PUBLIC KEY-----\n';

const curvesByOid = new Map(curves.map((curve) => [curve.oid, curve]));

/**
 * A public key from SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 5480, RFC 3279). Explicit EC parameters are never handed on:
 * node accepts a forged generator, under which anyone can sign for any public point. A key is imported as it came only where
 * every part of it was read by DER and checked, else from a form that we write from the checked parts.
 */
export function publicKeyOf(spki: Element | Buffer): PublicKey {
  const element = Buffer.isBuffer(spki) ? readOnly(spki) : spki;
  const [algorithm, bits, ...rest] = sequenceOf(element, 'bad_public_key');
  if (rest.length > 0) throw malformed('bad_public_key');
  const [oidElement, parameters, ...more] = sequenceOf(algorithm, 'bad_public_key');
  if (more.length > 0) throw malformed('bad_public_key');
  const octets = bitStringOctets(bits, 'bad_public_key');
  const oid = oidOf(oidElement);
  const strict = element.reading.rules === 'der';
  if (oid === EC_PUBLIC_KEY) {
    const named = strict && parameters?.tag === Tag.oid;
    return ecKeyOf(parameters, octets, named ? rawOf(element) : null);
  }
  if (oid === RSA_ENCRYPTION) {
    const plain = strict && parameters?.tag === Tag.null;
    return rsaKeyOf(octets, plain ? rawOf(element) : null);
  }
  if (oid === RSASSA_PSS) {
    const key = rsaKeyOf(octets);
    return parameters === undefined ? key : { ...key, onlyWith: pssAlgorithmOf(parameters) };
  }
  throw unsupported('unsupported_public_key');
}

/** `spki` is given where it is already what we would write. */
function rsaKeyOf(octets: Buffer, spki: Buffer | null = null): Extract<PublicKey, { kind: 'rsa' }> {
  const [n, e, ...rest] = sequenceOf(readOnly(octets), 'bad_rsa_key');
  if (rest.length > 0) throw malformed('bad_rsa_key');
  const modulus = positive(integerOctets(n, 'bad_rsa_key'));
  const exponent = positive(integerOctets(e, 'bad_rsa_key'));
  const modulusBits = modulus.length * 8 - Math.clz32(modulus[0]!) + 24;
  if (modulusBits < MIN_RSA_BITS || modulusBits > MAX_RSA_BITS) {
    throw unsupported('rsa_modulus_size');
  }
  const tiny = exponent.length === 1 && exponent[0]! < 3;
  if (tiny || exponent.length > 32 || (exponent.at(-1)! & 1) === 0) {
    throw malformed('bad_rsa_exponent');
  }
  if ((modulus.at(-1)! & 1) === 0) throw malformed('bad_rsa_modulus');
  const minimal = [n, e].every((integer) => isMinimal(integerOctets(integer)));
  const info = minimal && spki !== null ? spki : rsaInfo(modulus, exponent);
  return { kind: 'rsa', key: importKey(info), modulusBits };
}

function rsaInfo(modulus: Buffer, exponent: Buffer): Buffer {
  const checked = derSequence(derUnsigned(modulus), derUnsigned(exponent));
  return derSequence(derSequence(derOid(RSA_ENCRYPTION), derNull()), derBits(checked));
}

/** X.690 §8.3.2; some issuers write a leading zero too many. */
function isMinimal(integer: Buffer): boolean {
  return integer.length === 1 || integer[0] !== 0 || integer[1]! >= 0x80;
}

function positive(integer: Buffer): Buffer {
  if (integer[0]! >= 0x80) throw malformed('bad_rsa_key');
  const first = integer.findIndex((octet) => octet !== 0);
  if (first === -1) throw malformed('bad_rsa_key');
  return integer.subarray(first);
}

function ecKeyOf(parameters: Element | undefined, point: Buffer, spki: Buffer | null): PublicKey {
  const curve = curveOf(parameters);
  const fieldBytes = (curve.g.length / 2 - 1) / 2;
  const compressed = point[0] === 2 || point[0] === 3;
  const rightLength = point.length === 1 + fieldBytes * (compressed ? 1 : 2);
  if (!rightLength || (!compressed && point[0] !== 4)) throw malformed('bad_ec_point');
  return { kind: 'ec', key: importKey(spki ?? ecInfo(curve, point)), curve };
}

function ecInfo(curve: Curve, point: Buffer): Buffer {
  return derSequence(derSequence(derOid(EC_PUBLIC_KEY), derOid(curve.oid)), derBits(point));
}

function curveOf(parameters: Element | undefined): Curve {
  if (parameters?.tag === Tag.oid) {
    const curve = curvesByOid.get(oidOf(parameters));
    if (curve === undefined) throw unsupported('unsupported_curve');
    return curve;
  }
  return explicitCurveOf(parameters);
}

/**
 * Explicit parameters (ECParameters, RFC 3279 §2.3.5): accepted only where field, both coefficients, generator, order
 * and cofactor all equal those of one allowed curve. The seed is not compared: no computation uses it.
 */
function explicitCurveOf(parameters: Element | undefined): Curve {
  const fields = sequenceOf(parameters, 'bad_ec_parameters');
  const [version, fieldId, coefficients, base, order, cofactor, ...rest] = fields;
  if (rest.length > 0) throw malformed('bad_ec_parameters');
  const versionNumber = smallIntegerOf(version, 'bad_ec_parameters');
  if (versionNumber < 1 || versionNumber > 3) throw malformed('bad_ec_parameters');
  const [fieldType, prime, ...moreField] = sequenceOf(fieldId, 'bad_ec_parameters');
  if (oidOf(fieldType) !== PRIME_FIELD || moreField.length > 0) {
    throw unsupported('unsupported_curve');
  }
  const [a, b, seed, ...moreCurve] = sequenceOf(coefficients, 'bad_ec_parameters');
  if (moreCurve.length > 0) throw malformed('bad_ec_parameters');
  if (seed !== undefined) expectTag(seed, Tag.bitString, 'bad_ec_parameters');
  const p = unsignedHexOf(prime);
  const curve = curves.find((known) => known.p === p);
  const same =
    curve !== undefined &&
    coefficientHex(a) === curve.a &&
    coefficientHex(b) === curve.b &&
    isGenerator(contentOf(expectTag(base, Tag.octetString, 'bad_ec_parameters')), curve) &&
    unsignedHexOf(order) === curve.n &&
    (cofactor === undefined || smallIntegerOf(cofactor) === curve.cofactor);
  if (!same) throw malformed('curve_parameters_not_allowed');
  return curve;
}

function coefficientHex(element: Element | undefined): string {
  const octets = contentOf(expectTag(element, Tag.octetString, 'bad_ec_parameters'));
  return octets.toString('hex').replace(/^0+(?=.)/, '');
}

function isGenerator(point: Buffer, curve: Curve): boolean {
  const hex = point.toString('hex');
  if (hex === curve.g) return true;
  const x = curve.g.slice(2, 2 + (curve.g.length - 2) / 2);
  const parity = Number.parseInt(curve.g.at(-1)!, 16) % 2 === 0 ? '02' : '03';
  return hex === parity + x;
}

/**
 * Refuses a point that is not on its curve (OpenSSL checks that on import). PEM, because node throws and catches four
 * exceptions of its own for octets in an object, which cost more than the import.
 */
function importKey(spki: Buffer): KeyObject {
  try {
    return createPublicKey(`${PEM_START}${spki.toString('base64')}${PEM_END}`);
  } catch {
    throw malformed('bad_public_key');
  }
}

/** `P-256`, `brainpoolP384r1`, `2048`. */
export function nameOfKey(key: PublicKey): string {
  return key.kind === 'ec' ? key.curve.name : String(key.modulusBits);
}
