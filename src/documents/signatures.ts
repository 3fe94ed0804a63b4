import { constants, hash, publicDecrypt, verify } from 'node:crypto';
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

/** AlgorithmIdentifier and digest of a DigestInfo (RFC 8017 §9.2), up to the digest itself: with the NULL, and without. */
const DIGEST_INFO_STARTS: Readonly<Record<HashName, readonly [string, string]>> = {
  sha1: digestInfoStarts('06052b0e03021a', 'sha1'),
  sha224: digestInfoStarts('0609608648016503040204', 'sha224'),
  sha256: digestInfoStarts('0609608648016503040201', 'sha256'),
  sha384: digestInfoStarts('0609608648016503040202', 'sha384'),
  sha512: digestInfoStarts('0609608648016503040203', 'sha512'),
};

function digestInfoStarts(oid: string, name: HashName): readonly [string, string] {
  const start = (algorithm: string) => {
    const bytes = algorithm.length / 2;
    const lengths = Buffer.from([0x30, bytes + 4 + hashBytes[name], 0x30, bytes]);
    return `${lengths.toString('hex')}${algorithm}${Buffer.from([0x04, hashBytes[name]]).toString('hex')}`;
  };
  return [start(`${oid}0500`), start(oid)];
}

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2) by one public operation and comparison of the whole block: OpenSSL refuses any padding but
 * 00 01 FF…FF 00, and the rest must be the DigestInfo and nothing else. One without the NULL is a valid spelling too (§9.2 note
 * 1): a published ICAO master list has it, node's verify refuses it.
 */
function pkcs1Holds(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  name: HashName,
  data: Buffer,
  signature: Buffer,
): boolean {
  const info = unpadded(publicKey, signature);
  if (info === null) return false;
  const digest = hash(name, data);
  return DIGEST_INFO_STARTS[name].some((start) => info === start + digest);
}

/** What the signature pads, in hex; null where its padding is another, or it is not below the modulus. */
function unpadded(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  signature: Buffer,
): string | null {
  try {
    return publicDecrypt(publicKey.key, signature).toString('hex');
  } catch {
    return null;
  }
}

function pssHolds(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  algorithm: Extract<SignatureAlgorithm, { family: 'rsa-pss' }>,
  data: Buffer,
  signature: Buffer,
): boolean {
  const { mgfHash, saltBytes } = algorithm;
  if (algorithm.hash === mgfHash) {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const key = { key: publicKey.key, padding, saltLength: saltBytes };
    return withoutTraces(() => verify(algorithm.hash, data, key, signature));
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
  const { mgfHash, saltBytes } = algorithm;
  const encoded = block.subarray(block.length - Math.ceil(encodedBits / 8));
  const digestBytes = hashBytes[algorithm.hash];
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
  const message = hash(algorithm.hash, data, 'buffer');
  const again = hash(algorithm.hash, Buffer.concat([Buffer.alloc(8), message, salt]), 'buffer');
  return again.equals(digest);
}

function maskOf(name: HashName, seed: Buffer, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0; parts.length * hashBytes[name] < bytes; counter++) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    parts.push(hash(name, Buffer.concat([seed, suffix]), 'buffer'));
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/**
 * For a key in an options object node throws and catches exceptions of its own, whose traces cost as much as a signature of
 * 2048 bits: so none are taken meanwhile. Nothing here waits, so nobody else misses one.
 */
function withoutTraces<Result>(run: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The raw RSA public operation; null where the signature is not below the modulus. */
export function rsaBlock(
  publicKey: Extract<PublicKey, { kind: 'rsa' }>,
  signature: Buffer,
): Buffer | null {
  try {
    const key = { key: publicKey.key, padding: constants.RSA_NO_PADDING };
    return withoutTraces(() => publicDecrypt(key, signature));
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
