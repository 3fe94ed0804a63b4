import { constants, createHash, createPublicKey, privateEncrypt, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Random } from '../../lib/random.ts';

/**
 * What a chip with this key answers to INTERNAL AUTHENTICATE (Doc 9303-11 §6.1): ISO/IEC 9796-2 scheme 1 with SHA-256 for
 * RSA, plain r ‖ s with SHA-256 for ECDSA.
 */
export function answerActiveAuthentication(
  chipKey: KeyObject,
  challenge: Buffer,
  random: Random,
): Buffer {
  if (chipKey.asymmetricKeyType !== 'rsa') {
    return sign('sha256', challenge, { key: chipKey, dsaEncoding: 'ieee-p1363' });
  }
  const bits = createPublicKey(chipKey).asymmetricKeyDetails?.modulusLength ?? 0;
  const nonce = random.bytes(bits / 8 - 1 - 32 - 2);
  const digest = createHash('sha256').update(nonce).update(challenge).digest();
  const block = Buffer.concat([Buffer.from([0x6a]), nonce, digest, Buffer.from([0x34, 0xcc])]);
  return privateEncrypt({ key: chipKey, padding: constants.RSA_NO_PADDING }, block);
}
