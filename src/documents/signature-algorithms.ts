import { childrenOf, contentOf, rawOf, type Element } from './ber.ts';
import { oidOf, sequenceOf, smallIntegerOf, Tag } from './asn1-values.ts';
import { malformed, unsupported } from './format-refusal.ts';

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

export type SignatureAlgorithm =
  | { family: 'rsa-pkcs1'; hash: HashName }
  | { family: 'rsa-pss'; hash: HashName; mgfHash: HashName; saltBytes: number }
  | { family: 'ecdsa'; hash: HashName };

export const hashBytes: Readonly<Record<HashName, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

const HASHES: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const RSA_WITH: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

const ECDSA_WITH: Readonly<Record<string, HashName>> = {
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  // BSI TR-03111 §5.2.1: plain signatures are not used in certificates, the OIDs stand in chip data.
  '0.4.0.127.0.7.1.1.4.1.1': 'sha1',
  '0.4.0.127.0.7.1.1.4.1.2': 'sha224',
  '0.4.0.127.0.7.1.1.4.1.3': 'sha256',
  '0.4.0.127.0.7.1.1.4.1.4': 'sha384',
  '0.4.0.127.0.7.1.1.4.1.5': 'sha512',
};

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
export const RSASSA_PSS = '1.2.840.113549.1.1.10';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const MGF1 = '1.2.840.113549.1.1.8';

/** A hash function named by an AlgorithmIdentifier; its parameters must be absent or NULL (RFC 5754 §2). */
export function hashAlgorithmOf(element: Element | undefined): HashName {
  const [oid, parameters, ...rest] = sequenceOf(element, 'bad_hash_algorithm');
  if (rest.length > 0) throw malformed('bad_hash_algorithm');
  requireAbsentOrNull(parameters, 'bad_hash_algorithm');
  const hash = HASHES[oidOf(oid)];
  if (hash === undefined) throw unsupported('unsupported_hash');
  return hash;
}

/**
 * A signature algorithm as certificates and SignerInfos name it. Where the identifier names only the key
 * (rsaEncryption, ecPublicKey; RFC 3370 §3.2), `digest` is the hash.
 */
export function signatureAlgorithmOf(
  element: Element | undefined,
  digest?: HashName,
): SignatureAlgorithm {
  const [first, parameters, ...rest] = sequenceOf(element, 'bad_signature_algorithm');
  if (rest.length > 0) throw malformed('bad_signature_algorithm');
  const oid = oidOf(first);
  if (oid === RSASSA_PSS) return pssAlgorithmOf(parameters);
  requireAbsentOrNull(parameters, 'bad_signature_algorithm');
  const rsaHash = RSA_WITH[oid] ?? (oid === RSA_ENCRYPTION ? digest : undefined);
  if (rsaHash !== undefined) return { family: 'rsa-pkcs1', hash: rsaHash };
  const ecdsaHash = ECDSA_WITH[oid] ?? (oid === EC_PUBLIC_KEY ? digest : undefined);
  if (ecdsaHash !== undefined) return { family: 'ecdsa', hash: ecdsaHash };
  throw unsupported('unsupported_signature_algorithm');
}

/** An ECDSA algorithm by its OID alone, as ActiveAuthenticationInfo gives it (Doc 9303-11 §9.2.4). */
export function ecdsaHashOfOid(oid: string): HashName | null {
  return ECDSA_WITH[oid] ?? null;
}

/** RSASSA-PSS-params (RFC 4055 §3.1) with its defaults: SHA-1, MGF1 with SHA-1, 20 octets of salt, trailer 1. */
export function pssAlgorithmOf(parameters: Element | undefined): SignatureAlgorithm {
  let hash: HashName = 'sha1';
  let mgfHash: HashName = 'sha1';
  let saltBytes = 20;
  const fields = parameters === undefined ? [] : sequenceOf(parameters, 'bad_pss_parameters');
  let previousTag = 0;
  for (const field of fields) {
    if (field.tag <= previousTag) throw malformed('bad_pss_parameters');
    previousTag = field.tag;
    const [value, ...rest] = childrenOf(field);
    if (rest.length > 0) throw malformed('bad_pss_parameters');
    if (field.tag === 0xa0) hash = hashAlgorithmOf(value);
    else if (field.tag === 0xa1) mgfHash = maskHashOf(value);
    else if (field.tag === 0xa2) saltBytes = smallIntegerOf(value, 'bad_pss_parameters');
    else if (field.tag === 0xa3) requireTrailerOne(value);
    else throw malformed('bad_pss_parameters');
  }
  if (saltBytes > 512) throw malformed('bad_pss_parameters');
  return { family: 'rsa-pss', hash, mgfHash, saltBytes };
}

function maskHashOf(element: Element | undefined): HashName {
  const [oid, hash] = sequenceOf(element, 'bad_pss_parameters');
  if (oidOf(oid) !== MGF1) throw unsupported('unsupported_mask_generation');
  return hashAlgorithmOf(hash);
}

function requireTrailerOne(element: Element | undefined): void {
  if (smallIntegerOf(element, 'bad_pss_parameters') !== 1) throw malformed('bad_pss_parameters');
}

function requireAbsentOrNull(parameters: Element | undefined, reason: string): void {
  if (parameters === undefined) return;
  if (parameters.tag !== Tag.null || contentOf(parameters).length !== 0) throw malformed(reason);
}

/** Same octets, so the same algorithm and parameters (RFC 5280 §4.1.1.2 wants both identifiers equal). */
export function sameAlgorithm(one: Element | undefined, other: Element | undefined): boolean {
  return one !== undefined && other !== undefined && rawOf(one).equals(rawOf(other));
}

export function nameOfAlgorithm(algorithm: SignatureAlgorithm): string {
  return `${algorithm.family === 'rsa-pkcs1' ? 'rsa' : algorithm.family}-${algorithm.hash}`;
}
