import { verify } from 'node:crypto';
import { finding, passed, type Finding } from './findings.ts';
import { nameOfKey, type PublicKey } from './public-keys.ts';
import type { HashName } from './signature-algorithms.ts';
import { vdsNcAlgorithms, type VdsNcAlgorithm } from './vds-nc.ts';

/** Orders below this many bits verify at a lowered level (Doc 9303-13 recommends 256). */
const FULL_STRENGTH_BITS = 256;

export type SealKey = Extract<PublicKey, { kind: 'ec' }>;

export function orderBitsOf({ curve }: SealKey): number {
  return (curve.n.length - 1) * 4 + Number.parseInt(curve.n[0]!, 16).toString(2).length;
}

export function isWeakSealKey(key: SealKey): boolean {
  return orderBitsOf(key) < FULL_STRENGTH_BITS;
}

/** A seal names no hash: the smallest of SHA-224 to SHA-512 that is no shorter than the curve's order (BSI TR-03137 §3). */
export function sealHashOf(key: SealKey): HashName {
  const bits = orderBitsOf(key);
  if (bits <= 224) return 'sha224';
  if (bits <= 256) return 'sha256';
  return bits <= 384 ? 'sha384' : 'sha512';
}

export function describeSealSignature(hash: HashName, key: SealKey): string {
  return `ecdsa-${hash} on ${nameOfKey(key)}`;
}

export interface PlainSignature {
  key: SealKey;
  hash: HashName;
  data: Buffer;
  signature: Buffer;
}

/** Plain r ‖ s, each as long as the curve's order (BSI TR-03111 §5.2.1); no other length is tried. */
export function checkPlainSignature({ key, hash, data, signature }: PlainSignature): Finding {
  const octets = 2 * Math.ceil(orderBitsOf(key) / 8);
  if (signature.length !== octets) return finding('failed', 'signature_length_wrong');
  const holds = verify(hash, data, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
  return holds ? passed : finding('failed', 'signature_wrong');
}

/** Whether a VDS-NC's named algorithm goes with the key: one size of curve each (RFC 7518 §3.4). */
export function fitsAlgorithm(algorithm: VdsNcAlgorithm, key: SealKey): boolean {
  const sizes: readonly number[] = vdsNcAlgorithms[algorithm].orderBits;
  return sizes.includes(orderBitsOf(key));
}
