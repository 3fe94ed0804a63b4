import { describe, expect, it } from 'vitest';
import { derOctets, derOid } from '../../src/documents/der-writer.ts';
import { attribute, judgeOdd, oddChip, type SodWish } from './odd-chips.ts';

const sodOf = (sod: Partial<SodWish>) => judgeOdd(oddChip({ sod }));

describe('a security object', () => {
  it.each(['2.23.136.1.1.1', '1.2.840.113549.1.7.1', '1.3.27.1.1.1', '1.2.528.1.1006.1.20.1'])(
    'is one under the content type %s',
    (contentType) => {
      expect(sodOf({ contentType })).toMatchObject({ outcome: 'genuine', told: {} });
    },
  );

  it.each(['2.23.136.1.1.2', '1.3.27.1.1.2', '2.23.136.1.1.1.1'])(
    'is none under the content type %s',
    (contentType) => {
      expect(sodOf({ contentType })).toMatchObject({
        outcome: 'rejected',
        told: { sod_well_formed: 'failed: not_a_security_object' },
      });
    },
  );

  it('may be of version 0 or 1, and of no later one that nobody knows', () => {
    expect(sodOf({ version: 0 }).outcome).toBe('genuine');
    expect(sodOf({ version: 1 }).outcome).toBe('genuine');
    expect(sodOf({ version: 2 })).toMatchObject({
      outcome: 'unverifiable',
      told: { sod_well_formed: 'unknown: unsupported_security_object_version' },
    });
  });

  it('lists its data groups in any order, and each once', () => {
    expect(sodOf({ groups: (all) => all.toReversed() }).outcome).toBe('genuine');
    expect(sodOf({ groups: (all) => [...all, all[0]!] })).toMatchObject({
      outcome: 'rejected',
      told: { sod_well_formed: 'failed: duplicate_data_group' },
    });
    const other: [number, Buffer] = [1, Buffer.from('another')];
    expect(sodOf({ groups: (all) => [other, ...all] }).outcome).toBe('rejected');
  });

  it('has exactly one signer', () => {
    for (const signerInfos of [(one: Buffer) => [one, one], () => []]) {
      expect(sodOf({ signerInfos })).toMatchObject({
        outcome: 'rejected',
        told: { sod_well_formed: 'failed: not_exactly_one_signer' },
      });
    }
  });
});

describe('signed attributes', () => {
  it('hold in any order', () => {
    expect(sodOf({ attributes: (all) => all.toReversed() }).outcome).toBe('genuine');
    expect(sodOf({ attributes: ([type, digest, time]) => [time!, type!, digest!] }).outcome).toBe(
      'genuine',
    );
  });

  it('may leave the time out', () => {
    expect(sodOf({ signedAt: null })).toMatchObject({
      outcome: 'genuine',
      told: { signer_valid_at_signing: 'skipped: signing_time_absent' },
    });
  });

  const otherDigest = attribute('1.2.840.113549.1.9.4', derOctets(Buffer.alloc(32, 7)));
  const otherType = attribute('1.2.840.113549.1.9.3', derOid('2.23.136.1.1.2'));
  it.each<[string, SodWish['attributes']]>([
    ['the digest twice', (all) => [...all, all[1]!]],
    ['another digest beside the right one', (all) => [otherDigest, ...all]],
    ['the content type twice', (all) => [...all, all[0]!]],
    ['no digest', (all) => all.toSpliced(1, 1)],
    ['no content type', (all) => all.toSpliced(0, 1)],
    ['another digest', (all) => all.with(1, otherDigest)],
    ['another content type', (all) => all.with(0, otherType)],
    ['none at all', () => []],
  ])('are refused with %s, though signed', (_what, attributes) => {
    const verdict = sodOf({ attributes });
    expect(verdict.outcome).toBe('rejected');
    expect(verdict.told['sod_signed_attributes']).toMatch(/^failed: /);
  });
});

describe('the holder', () => {
  const named = { primary: 'ERIKSSON', secondary: 'ANNA MARIA', placeOfBirth: 'ZENITH' };

  it('was born in the century that DG11 says; without it the later one, and the doubt is told', () => {
    const facts = { dateOfBirth: '1920-08-12' };
    const printed = { ...named, dateOfBirth: '1920-08-12' };
    expect(judgeOdd(oddChip({ facts: { ...facts, printed } })).document).toMatchObject({
      dateOfBirth: '1920-08-12',
      dateOfBirthSource: 'DG11',
      dateOfBirthCenturyDoubtful: false,
    });
    expect(judgeOdd(oddChip({ facts })).document).toMatchObject({
      dateOfBirth: '2020-08-12',
      dateOfBirthSource: 'MRZ',
      dateOfBirthCenturyDoubtful: true,
    });
  });

  it('was not born on two days', () => {
    const printed = { ...named, dateOfBirth: '1974-08-13' };
    expect(judgeOdd(oddChip({ facts: { printed } }))).toMatchObject({
      outcome: 'unverifiable',
      told: { mrz_well_formed: 'failed: birth_dates_differ' },
    });
  });

  it('is compared with the printed zone, byte for byte, and never read from it', () => {
    const chip = oddChip();
    const printedZone = judgeOdd(chip).document!.mrzLines;
    expect(judgeOdd(chip, { printedZone })).toMatchObject({ outcome: 'genuine', told: {} });
    // Another sound zone, one character misread, what another reader would correct, a line too few, nothing.
    const others = [
      judgeOdd(oddChip({ facts: { documentNumber: 'L898902C4' } })).document!.mrzLines,
      printedZone.with(0, printedZone[0]!.replace('MARIA', 'MAR1A')),
      printedZone.with(1, printedZone[1]!.replace('L898902C3', 'L8989O2C3')),
      printedZone.map((line) => line.toLowerCase()),
      printedZone.slice(1),
      [],
    ];
    for (const other of others) {
      const { outcome, told, document } = judgeOdd(chip, { printedZone: other });
      expect([outcome, told]).toEqual([
        'unverifiable',
        { mrz_well_formed: 'failed: printed_zone_differs' },
      ]);
      expect(document?.mrzLines).toEqual(printedZone);
    }
  });

  it('keeps a name that the zone cut, beside the whole one of DG11', () => {
    const secondaryIdentifier = 'ANNA MARIA CHRISTINA ALEXANDRA VICTORIA';
    const printed = { ...named, secondary: secondaryIdentifier, dateOfBirth: '1974-08-12' };
    const { document } = judgeOdd(oddChip({ facts: { secondaryIdentifier, printed } }));
    expect(document).toMatchObject({
      nameMayBeTruncated: true,
      nameRaw: 'ERIKSSON<<ANNA<MARIA<CHRISTINA<ALEXANDR',
      printedSecondaryIdentifier: secondaryIdentifier,
    });
  });
});
