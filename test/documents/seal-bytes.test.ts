import { describe, expect, it } from 'vitest';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { decodeC40 } from '../../src/documents/seal-c40.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import { parseVds } from '../../src/documents/vds.ts';
import {
  closeSeal,
  encodeC40,
  encodeDate,
  makeSeal,
  makeSigner,
  sealHeader,
  visaFeatures,
  writeFeatures,
} from './seal-maker.ts';

const now = new Date('2026-11-22T10:00:00Z');
const signer = makeSigner();
const seal = makeSeal({ signer });
const trust = { signers: [signer.certificate], anchors: [], crls: [] };

function judge(bytes: Buffer) {
  return verifySeal({ bytes, trust, now, policy: { specimenStates: true } });
}

function refusal(bytes: Buffer): string {
  const verdict = judge(bytes);
  expect(verdict.outcome).not.toBe('genuine');
  return verdict.checks[0]!.reason!;
}

const headerBytes = sealHeader({ signer }).length;

describe('octets that are no seal', () => {
  it('are rejected wherever they are cut', () => {
    for (let length = 0; length < seal.length; length++) {
      const verdict = judge(seal.subarray(0, length));
      expect(verdict.outcome).toBe('rejected');
      expect(verdict.kind).toBeNull();
    }
  });

  it('are rejected with anything after the signature', () => {
    expect(refusal(Buffer.concat([seal, Buffer.from([0])]))).toBe('trailing_bytes');
    expect(refusal(Buffer.concat([seal, seal]))).toBe('trailing_bytes');
  });

  it('are rejected for a length past the end, in one octet and in DER', () => {
    const longer = Buffer.from(seal);
    longer[headerBytes + 1] = 0xfe;
    expect(refusal(longer)).toBe('length_past_end');
    longer[headerBytes + 1] = 0x84;
    expect(judge(longer).outcome).toBe('rejected');
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'bad_json'],
    ['3,001 octets', Buffer.alloc(3001, 0xdc), 'seal_too_long'],
    ['a header alone', sealHeader({ signer }), 'signature_missing'],
    [
      'a signature of odd length',
      Buffer.concat([sealHeader({ signer }), Buffer.from('ff03010203', 'hex')]),
      'bad_signature_length',
    ],
    [
      'an empty signature',
      Buffer.concat([sealHeader({ signer }), Buffer.from('ff00', 'hex')]),
      'bad_signature_length',
    ],
    [
      'a feature twice',
      makeSeal({ signer, features: [...visaFeatures, visaFeatures[1]!] }),
      'repeated_feature',
    ],
    [
      '65 features',
      makeSeal({
        signer,
        features: Array.from({ length: 65 }, (_, tag) => [tag, Buffer.alloc(0)] as const),
      }),
      'too_many_features',
    ],
    ['a date of the 30th of February', makeSeal({ signer, issuedOn: '2026-02-30' }), 'bad_date'],
    ['a state in digits', makeSeal({ signer, issuingState: '123' }), 'bad_issuing_state'],
    [
      'a signer in digits',
      makeSeal({ signer: { ...signer, country: '12' } }),
      'bad_signer_reference',
    ],
  ])('are rejected: %s', (_name, bytes, expected) => {
    expect(refusal(bytes)).toBe(expected);
    expect(judge(bytes).outcome).toBe('rejected');
  });

  it('are referred where the version is one that we do not know', () => {
    const bytes = Buffer.from(seal);
    bytes[1] = 4;
    expect(refusal(bytes)).toBe('seal_version_unknown');
    expect(judge(bytes).outcome).toBe('refer');
  });
});

describe('lengths that issuers write in two ways', () => {
  const long = Buffer.alloc(200, 0x41);

  it('of a feature: one octet up to 254', () => {
    const features = [...visaFeatures, [7, long] as const];
    expect(judge(makeSeal({ signer, features })).outcome).toBe('genuine');
  });

  it('of a feature: DER from 128', () => {
    const signed = Buffer.concat([
      sealHeader({ signer }),
      writeFeatures(visaFeatures),
      Buffer.from([7, 0x81, long.length]),
      long,
    ]);
    const verdict = judge(closeSeal(signed, { signer }));
    expect(verdict.outcome).toBe('genuine');
    expect(verdict.content?.features?.at(-1)?.value).toBe(long.toString('hex'));
  });

  it('of a feature: refused where both readings fit and differ', () => {
    // As one octet: 129 octets of value, then a signature; as DER: 132 of value, then another.
    const asOneOctet = Buffer.concat([Buffer.alloc(1, 132), Buffer.alloc(128, 0)]);
    const bytes = Buffer.concat([
      sealHeader({ signer }),
      Buffer.from([7, 0x81]),
      asOneOctet,
      Buffer.from([0xff, 0x06, 0, 0, 0xff, 2, 1, 1]),
    ]);
    expect(() => parseVds(bytes)).toThrow(new FormatRefusal('ambiguous_lengths'));
  });

  it('of a certificate reference: decimal, as German seals do', () => {
    const reference = '00112233445566778899AABBCCDDEEFF00112233';
    const bytes = Buffer.concat([
      Buffer.from([0xdc, 3]),
      encodeC40('D<<'),
      encodeC40(`DEZV40${reference}`),
      encodeDate('2026-05-14'),
      encodeDate('2026-05-14'),
      Buffer.from('01c8', 'hex'),
      writeFeatures([[0, Buffer.alloc(16, 7)]]),
      Buffer.from([0xff, 64]),
      Buffer.alloc(64, 9),
    ]);
    expect(parseVds(bytes).header.signer).toEqual({ country: 'DE', name: 'ZV', reference });
  });
});

describe('C40', () => {
  it.each(['', 'A', 'AB', 'ABC', 'ABCD', 'XK CD', '0', 'L898902C3', '  A'])(
    'reads "%s"',
    (text) => {
      expect(decodeC40(encodeC40(text))).toBe(text);
    },
  );

  it.each(['ab', 'fe31ab12', 'ffff', '0000', 'fe00', 'fe62', '0001', '0001ab12'])(
    'refuses %s',
    (hex) => {
      expect(() => decodeC40(Buffer.from(hex, 'hex'))).toThrow(FormatRefusal);
    },
  );
});

describe('a seal with one bit changed', () => {
  it('is never genuine: every bit of it', () => {
    let refused = 0;
    for (let bit = 0; bit < seal.length * 8; bit++) {
      const bytes = Buffer.from(seal);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const { outcome } = judge(bytes);
      if (outcome !== 'genuine') refused++;
    }
    expect(refused).toBe(seal.length * 8);
    expect(judge(seal).outcome).toBe('genuine');
  });

  it('is never genuine, nor are octets at random: 3,000 seals, 1 to 8 changes each', () => {
    const bases = [seal, makeSeal({ signer, version: 2 })];
    let state = 20261122;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(bases[round % 2]!);
      const kept = bytes.subarray(0, round % 5 === 0 ? next(bytes.length) : bytes.length);
      for (let change = 0; change <= next(8) && kept.length > 0; change++) {
        kept[next(kept.length)] = next(256);
      }
      if (bases.some((base) => base.equals(kept))) continue;
      expect(judge(kept).outcome).not.toBe('genuine');
    }
  });
});
