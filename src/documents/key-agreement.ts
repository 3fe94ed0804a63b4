import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import type { Random } from '../lib/random.ts';
import { dhAlgorithm, dhPublicKey, type AgreementParameters } from './chip-authentication-keys.ts';
import {
  derExplicit,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derUnsigned,
} from './der-writer.ts';
import type { Curve } from './elliptic-curves.ts';

/** Twice the strength of the largest group allowed. */
const DH_EXPONENT_BYTES = 64;

/** A fresh secret number for one agreement: below the curve's order, by rejection; 512 bits for Diffie-Hellman. */
export function drawSecret(parameters: AgreementParameters, random: Random): Buffer {
  if (parameters.kind === 'dh') return random.bytes(DH_EXPONENT_BYTES);
  const order = BigInt(`0x${parameters.curve.n}`);
  const bits = order.toString(2).length;
  for (;;) {
    const octets = random.bytes(Math.ceil(bits / 8));
    octets[0]! &= 0xff >> (octets.length * 8 - bits);
    const number = BigInt(`0x${octets.toString('hex')}`);
    if (number > 0n && number < order) return octets;
  }
}

/**
 * The public half as the chip gets it (Doc 9303-11 §9.4): an uncompressed point, or a number as long as the prime.
 */
export function publicValueOf(parameters: AgreementParameters, secret: Buffer): Buffer {
  const privateKey = privateKeyOf(parameters, secret);
  if (parameters.kind === 'dh') {
    const { prime, generator } = parameters;
    const value = diffieHellman({ privateKey, publicKey: dhPublicKey(parameters, generator) });
    return leftPadded(value, prime.length);
  }
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return spki.subarray(-(1 + 2 * fieldBytes(parameters.curve)));
}

/** The shared secret K: the x-coordinate, or a number as long as the prime (BSI TR-03111 §4.3.1, PKCS #3). */
export function agree(
  parameters: AgreementParameters,
  secret: Buffer,
  publicKey: KeyObject,
): Buffer {
  const shared = diffieHellman({ privateKey: privateKeyOf(parameters, secret), publicKey });
  const { kind } = parameters;
  return leftPadded(shared, kind === 'dh' ? parameters.prime.length : fieldBytes(parameters.curve));
}

function privateKeyOf(parameters: AgreementParameters, secret: Buffer): KeyObject {
  if (parameters.kind === 'dh') {
    const info = derSequence(
      derInteger(0),
      dhAlgorithm(parameters),
      derOctets(derUnsigned(secret)),
    );
    return createPrivateKey({ key: info, format: 'der', type: 'pkcs8' });
  }
  const named = derExplicit(0, derOid(parameters.curve.oid));
  const key = derSequence(derInteger(1), derOctets(secret), named);
  return createPrivateKey({ key, format: 'der', type: 'sec1' });
}

function fieldBytes(curve: Curve): number {
  return Math.ceil(curve.p.length / 2);
}

function leftPadded(number: Buffer, length: number): Buffer {
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
