import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfRecoveredBlock } from '../../src/documents/active-authentication.ts';
import { der } from '../../src/documents/der-writer.ts';
import { counterAfter, openAnswer } from '../../src/documents/secure-messaging.ts';
import {
  blockBytes,
  deriveSessionKeys,
  encryptBlocks,
  macOf,
  type SessionKeys,
} from '../../src/documents/secure-messaging-ciphers.ts';
import { holdsFor } from './check-property.ts';

const octets = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));
const flipped = (bytes: Buffer, spot: number) => {
  const changed = Buffer.from(bytes);
  const bit = spot % (bytes.length * 8);
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
};

describe('the block of an RSA chip', () => {
  const trailers = [
    ['sha1', 'bc'],
    ['sha1', '33cc'],
    ['sha256', '34cc'],
    ['sha512', '35cc'],
    ['sha384', '36cc'],
    ['sha224', '38cc'],
  ] as const;
  const made = fc.tuple(fc.constantFrom(...trailers), octets(1, 100), octets(8, 8));
  const block = ([[hash, trailer], message, challenge]: [
    (typeof trailers)[number],
    Buffer,
    Buffer,
  ]) =>
    Buffer.concat([
      Buffer.of(0x6a),
      message,
      createHash(hash).update(message).update(challenge).digest(),
      Buffer.from(trailer, 'hex'),
    ]);

  it('signs the challenge that it was made for, under each trailer', () => {
    holdsFor(
      fc.property(made, (parts) => hashOfRecoveredBlock(block(parts), parts[2]) === parts[0][0]),
    );
  });

  it('signs nothing with one bit of it or of the challenge changed', () => {
    holdsFor(
      fc.property(made, fc.nat(), (parts, spot) => {
        const [right, challenge] = [block(parts), parts[2]];
        return (
          hashOfRecoveredBlock(flipped(right, spot), challenge) === null &&
          hashOfRecoveredBlock(right, flipped(challenge, spot)) === null
        );
      }),
    );
  });
});

describe('a protected answer', () => {
  const ciphers = fc.constantFrom(
    '3des' as const,
    'aes-128' as const,
    'aes-192' as const,
    'aes-256' as const,
  );
  const made = fc.record({
    cipher: ciphers,
    shared: octets(32, 32),
    data: octets(0, 80),
    sent: fc.nat(1000),
  });

  it('is opened to what the chip said', () => {
    holdsFor(
      fc.property(made, ({ cipher, shared, data, sent }) => {
        const keys = deriveSessionKeys(cipher, shared);
        const counter = counterAfter(keys, sent);
        const opened = openAnswer(keys, counter, protectedAnswer(keys, counter, data));
        expect(opened).toEqual({ ok: true, data, statusWord: 0x9000 });
      }),
    );
  });

  it('is not authentic with one bit changed, nor one message later', () => {
    holdsFor(
      fc.property(made, fc.nat(), ({ cipher, shared, data, sent }, spot) => {
        const keys = deriveSessionKeys(cipher, shared);
        const counter = counterAfter(keys, sent);
        const answer = protectedAnswer(keys, counter, data);
        return (
          !openAnswer(keys, counter, flipped(answer, spot)).ok &&
          !openAnswer(keys, counterAfter(keys, sent + 2), answer).ok
        );
      }),
    );
  });
});

/** What a chip sends (Doc 9303-11 §9.8.5). */
function protectedAnswer(keys: SessionKeys, counter: Buffer, data: Buffer): Buffer {
  const padded = (bytes: Buffer) => {
    const padding = Buffer.alloc(
      blockBytes[keys.cipher] - (bytes.length % blockBytes[keys.cipher]),
    );
    padding[0] = 0x80;
    return Buffer.concat([bytes, padding]);
  };
  const cryptogram =
    data.length === 0
      ? Buffer.alloc(0)
      : der(0x87, Buffer.of(1), encryptBlocks(keys, counter, padded(data)));
  const status = der(0x99, Buffer.from('9000', 'hex'));
  const mac = macOf(keys, padded(Buffer.concat([counter, cryptogram, status])));
  return Buffer.concat([cryptogram, status, der(0x8e, mac), Buffer.from('9000', 'hex')]);
}
