import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { decodeC40, decodeC40Zone } from '../../src/documents/seal-c40.ts';
import { canonicalText, parseStrictJson } from '../../src/documents/seal-json.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import { sealDateOf } from '../../src/documents/vds-header.ts';
import { parseVds } from '../../src/documents/vds.ts';
import { encodeC40, encodeDate, writeFeatures } from '../documents/seal-maker.ts';
import { holdsFor } from './check-property.ts';
import { now } from './fixed-time.ts';
import { readSeed } from './seeds/read-seeds.ts';

const octets = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));

describe('C40', () => {
  const text = fc
    .array(fc.constantFrom(...Array.from('<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')), {
      maxLength: 90,
    })
    .map((letters) => letters.join(''));

  it('gives back any text, of any length', () => {
    holdsFor(
      fc.property(text, (written) => {
        const packed = encodeC40(written);
        return (
          decodeC40Zone(packed) === written && decodeC40(packed) === written.replaceAll('<', ' ')
        );
      }),
    );
  });

  it('has one text for octets that it takes, and takes nothing but whole pairs', () => {
    holdsFor(
      fc.property(octets(0, 40), (packed) => {
        try {
          return /^[ 0-9A-Z]*$/.test(decodeC40(packed)) && packed.length % 2 === 0;
        } catch (error) {
          return error instanceof FormatRefusal;
        }
      }),
      2000,
    );
  });
});

describe('the dates of a seal', () => {
  it('are read as they were written', () => {
    const days = fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    holdsFor(
      fc.property(days, (day) => {
        const date = day.toISOString().slice(0, 10);
        return sealDateOf(encodeDate(date)) === date;
      }),
    );
  });
});

describe('a seal', () => {
  const visa = readSeed('seal-5d01');
  const headerEnd = parseVds(visa).header.end;

  it('gives back any features', () => {
    const features = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 254 }), octets(0, 100)), {
      selector: ([tag]) => tag,
      maxLength: 20,
    });
    holdsFor(
      fc.property(features, octets(64, 64), (written, signature) => {
        const signed = Buffer.concat([visa.subarray(0, headerEnd), writeFeatures(written)]);
        const seal = parseVds(Buffer.concat([signed, Buffer.of(0xff, 64), signature]));
        expect(seal.features.map(({ tag, value }) => [tag, value])).toEqual(written);
        return seal.signed.equals(signed) && seal.signature.equals(signature);
      }),
    );
  });

  it('is genuine, and with any one of its bits changed it is not', () => {
    const input = {
      trust: {
        signers: [parseCertificate(readSeed('signer-seals'))],
        anchors: [parseCertificate(readSeed('anchor-seals'))],
        crls: [parseRevocationList(readSeed('crl-seals'))],
      },
      now,
      policy: { specimenStates: true },
    };
    expect(verifySeal({ ...input, bytes: visa }).outcome).toBe('genuine');
    for (let bit = 0; bit < visa.length * 8; bit++) {
      const changed = Buffer.from(visa);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, verifySeal({ ...input, bytes: changed }).outcome]).not.toEqual([bit, 'genuine']);
    }
  });
});

describe('JSON', () => {
  const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' });
  const canonical = (text: string) => canonicalText(parseStrictJson(Buffer.from(text)));

  it('means the same in its canonical form, which is its own', () => {
    holdsFor(
      fc.property(value, (made) => {
        const text = canonical(JSON.stringify(made));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(made)));
        return canonical(text) === text;
      }),
    );
  });

  it('has one canonical form, whatever its spaces and the order of its members', () => {
    holdsFor(
      fc.property(value, (made) => {
        const spaced = JSON.stringify(reversed(made), null, '\t').replaceAll('\n', ' \r\n');
        return canonical(spaced) === canonical(JSON.stringify(made));
      }),
    );
  });

  it('is refused with one name twice, and cut anywhere', () => {
    holdsFor(
      fc.property(fc.string(), value, fc.nat(), (name, made, cut) => {
        const member = `${JSON.stringify(name)}:${JSON.stringify(made)}`;
        expect(() => canonical(`{${member},"x${name.length}":0,${member}}`)).toThrow(
          'repeated_name',
        );
        const text = `{${member}}`;
        expect(() => canonical(text.slice(0, cut % text.length))).toThrow(FormatRefusal);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
