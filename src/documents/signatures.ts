import { constants, createHash, publicDecrypt, verify } from 'node:crypto';
import { nameOfKey, type PublicKey } from './public-keys.ts';
import {
  hashBytes,
  nameOfAlgorithm,
  type HashName,
  type SignatureAlgorithm,
} from './signature-algorithms.ts';

export interface SignatureInput {
  publicKey: PublicKey;
  algorithm: SignatureAlgorithm;
  data: Buffer;
  signature: Buffer;
}

/** Whether the signature holds; an algorithm that does not fit the key never does. */
export function signatureHolds(input: SignatureInput): boolean {
  const { publicKey, algorithm, data, signature } = input;
  if (algorithm.family === 'ecdsa') {
    if (publicKey.kind !== 'ec') return false;
    // DER is the default; a key in an options object costs node several exceptions of its own.
    return verify(algorithm.hash, data, publicKey.key, signature);
  }
  if (publicKey.kind !== 'rsa') return false;
  if (signature.length !== Math.ceil(publicKey.modulusBits / 8)) return false;
  if (publicKey.onlyWith !== undefined && !allows(publicKey.onlyWith, algorithm)) return false;
  return algorithm.family === 'rsa-pss'
    ? pssHolds(publicKey, algorithm, data, signature)
    : pkcs1Holds(publicKey, algorithm.hash, data, signature);
}

/** RFC 4055 §3.3: same hash and mask generation, and a salt no shorter than the key says. */
function allows(restriction: SignatureAlgorithm, used: SignatureAlgorithm): boolean {
  return (
    restriction.family === 'rsa-pss' &&
    used.family === 'rsa-pss' &&
    restriction.hash === used.hash &&
    restriction.mgfHash === used.mgfHash &&
    used.saltBytes >= restriction.saltBytes
  );
}

const DIGEST_INFO: Readonly<Record<HashName, string>> = {
  sha1: '06052b0e03021a',
  sha224: '0609608648016503040204',
  sha256: '0609608648016503040201',
  sha384: '0609608648016503040202',
  sha512: '0609608648016503040203',
};

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2), at last by whole-block comparison. A DigestInfo without the NULL is a valid spelling too
 * (RFC 8017 §9.2 note 1): a published ICAO master list has it, OpenSSL refuses it.
 */
function pkcs1Holds(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  hash: HashName,
  data: Buffer,
  signature: Buffer,
): boolean {
  if (verify(hash, data, publicKey.key, signature)) return true;
  const block = rsaBlock(publicKey, signature);
  if (block === null) return false;
  const digest = createHash(hash).update(data).digest();
  return block.equals(pkcs1BlockWithoutNull(hash, digest, block.length));
}

function pkcs1BlockWithoutNull(hash: HashName, digest: Buffer, length: number): Buffer {
  const algorithm = Buffer.from(DIGEST_INFO[hash], 'hex');
  const info = Buffer.concat([
    Buffer.from([0x30, 4 + algorithm.length + digest.length, 0x30, algorithm.length]),
    algorithm,
    Buffer.from([0x04, digest.length]),
    digest,
  ]);
  const padding = Buffer.alloc(length - info.length - 3, 0xff);
  return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), info]);
}

function pssHolds(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  algorithm: Extract<SignatureAlgorithm, { family: 'rsa-pss' }>,
  data: Buffer,
  signature: Buffer,
): boolean {
  const { hash, mgfHash, saltBytes } = algorithm;
  if (hash === mgfHash) {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(hash, data, { key: publicKey.key, padding, saltLength: saltBytes }, signature);
  }
  const block = rsaBlock(publicKey, signature);
  return block !== null && pssBlockHolds(block, publicKey.modulusBits - 1, algorithm, data);
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2), for a mask hash other than the message hash, which node cannot be asked for. */
function pssBlockHolds(
  block: Buffer,
  encodedBits: number,
  algorithm: Extract<SignatureAlgorithm, { family: 'rsa-pss' }>,
  data: Buffer,
): boolean {
  const { hash, mgfHash, saltBytes } = algorithm;
  const encoded = block.subarray(block.length - Math.ceil(encodedBits / 8));
  const digestBytes = hashBytes[hash];
  const maskedBytes = encoded.length - digestBytes - 1;
  const zeroBytes = maskedBytes - saltBytes - 1;
  if (zeroBytes < 0 || encoded.at(-1) !== 0xbc) return false;
  if (block.length > encoded.length && block[0] !== 0) return false;
  const digest = encoded.subarray(maskedBytes, -1);
  const topMask = 0xff >> (8 * encoded.length - encodedBits);
  if ((encoded[0]! & ~topMask) !== 0) return false;
  const mask = maskOf(mgfHash, digest, maskedBytes);
  const database = Buffer.from(mask.map((octet, index) => octet ^ encoded[index]!));
  database[0]! &= topMask;
  if (database.subarray(0, zeroBytes).some((octet) => octet !== 0)) return false;
  if (database[zeroBytes] !== 1) return false;
  const salt = database.subarray(zeroBytes + 1);
  const message = createHash(hash).update(data).digest();
  const again = createHash(hash).update(Buffer.alloc(8)).update(message).update(salt).digest();
  return again.equals(digest);
}

function maskOf(hash: HashName, seed: Buffer, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0; parts.length * hashBytes[hash] < bytes; counter++) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    parts.push(createHash(hash).update(seed).update(suffix).digest());
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** The raw RSA public operation; null where the signature is not below the modulus. */
export function rsaBlock(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  signature: Buffer,
): Buffer | null {
  try {
    return publicDecrypt({ key: publicKey.key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return null;
  }
}

/** `ecdsa-sha256 on P-256`, `rsa-pss-sha256 2048`. */
export function describeSignature(algorithm: SignatureAlgorithm, key: PublicKey): string {
  const on = key.kind === 'ec' ? ' on ' : ' ';
  return `${nameOfAlgorithm(algorithm)}${on}${nameOfKey(key)}`;
}

/** SHA-1, or an RSA key below policy: it verifies, at a level that is lowered and told. */
export function isWeak(
  algorithm: SignatureAlgorithm,
  key: PublicKey,
  policy: { minRsaBits: number },
): boolean {
  return algorithm.hash === 'sha1' || (key.kind === 'rsa' && key.modulusBits < policy.minRsaBits);
}
