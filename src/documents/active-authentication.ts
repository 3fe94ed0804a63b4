import { hash, verify } from 'node:crypto';
import type { ActiveAuthentication } from './chip-verdict.ts';
import { derSequence, derUnsigned } from './der-writer.ts';
import type { PublicKey } from './public-keys.ts';
import { hashBytes, type HashName } from './signature-algorithms.ts';
import { rsaBlock } from './signatures.ts';

export type ActiveAuthenticationResult =
  | { ok: true; hash: HashName }
  | { ok: false; reason: 'challenge_not_8_bytes' | 'response_wrong' };

/** The chip signs these 8 octets and no others (Doc 9303-11 §6.1). */
const CHALLENGE_BYTES = 8;

/** Hashes an ECDSA chip may use where DG14 names none (Doc 9303-11 §6.1.2.3). */
const ECDSA_HASHES: readonly HashName[] = ['sha256', 'sha384', 'sha512', 'sha224', 'sha1'];

/** Judges a chip's answer to INTERNAL AUTHENTICATE. Only a key that the SOD covers makes the answer mean anything. */
export function judgeActiveAuthentication(
  key: PublicKey,
  exchange: ActiveAuthentication,
  hashFromDg14: HashName | undefined,
): ActiveAuthenticationResult {
  if (exchange.challenge.length !== CHALLENGE_BYTES) {
    return { ok: false, reason: 'challenge_not_8_bytes' };
  }
  const used = key.kind === 'rsa' ? rsaHash(key, exchange) : ecdsaHash(key, exchange, hashFromDg14);
  return used === null ? { ok: false, reason: 'response_wrong' } : { ok: true, hash: used };
}

/** ISO/IEC 9796-2 trailers (Doc 9303-11 §6.1.2.2): BC is SHA-1, else the hash's number and CC. */
const TRAILERS: Readonly<Record<number, HashName>> = {
  0x33: 'sha1',
  0x34: 'sha256',
  0x35: 'sha512',
  0x36: 'sha384',
  0x38: 'sha224',
};

/** ISO/IEC 9796-2 scheme 1, partial recovery: the block is 6A ‖ M1 ‖ hash(M1 ‖ challenge) ‖ trailer, nothing else. */
function rsaHash(
  key: Extract<PublicKey, { kind: 'rsa' }>,
  { challenge, response }: ActiveAuthentication,
): HashName | null {
  if (response.length !== Math.ceil(key.modulusBits / 8)) return null;
  const block = rsaBlock(key, response);
  return block === null ? null : hashOfRecoveredBlock(block, challenge);
}

/** The hash by which a recovered block signs `challenge`, or null where it does not. */
export function hashOfRecoveredBlock(block: Buffer, challenge: Buffer): HashName | null {
  if (block[0] !== 0x6a) return null;
  const short = block.at(-1) === 0xbc;
  const long = block.at(-1) === 0xcc;
  const name = short ? 'sha1' : long ? TRAILERS[block.at(-2)!] : undefined;
  if (name === undefined) return null;
  const digestEnd = block.length - (short ? 1 : 2);
  const digestStart = digestEnd - hashBytes[name];
  if (digestStart < 2) return null;
  const recovered = block.subarray(1, digestStart);
  const digest = hash(name, Buffer.concat([recovered, challenge]));
  return digest === block.toString('hex', digestStart, digestEnd) ? name : null;
}

/** Plain r ‖ s (BSI TR-03111 §5.2.1, as Doc 9303-11 asks), then DER, which some chips send. */
function ecdsaHash(
  key: Extract<PublicKey, { kind: 'ec' }>,
  { challenge, response }: ActiveAuthentication,
  hashFromDg14: HashName | undefined,
): HashName | null {
  const orderBytes = Math.ceil(key.curve.n.length / 2);
  const spellings =
    response.length === 2 * orderBytes ? [derOfPlain(response), response] : [response];
  const hashes = hashFromDg14 === undefined ? ECDSA_HASHES : [hashFromDg14];
  const holds = (name: HashName) =>
    spellings.some((signature) => verify(name, challenge, key.key, signature));
  return hashes.find(holds) ?? null;
}

/** Ecdsa-Sig-Value (RFC 3279 §2.2.3), which node reads without an options object: that costs it exceptions of its own. */
function derOfPlain(response: Buffer): Buffer {
  const half = response.length / 2;
  return derSequence(derUnsigned(response.subarray(0, half)), derUnsigned(response.subarray(half)));
}
