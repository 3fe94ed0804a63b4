import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  der,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derPrintable,
  derSequence,
  derSetOf,
} from '../../src/documents/der-writer.ts';
import {
  attribute,
  ecKey,
  extension,
  judgeOdd,
  keyUsage,
  now,
  oddChip,
  type SignerWish,
  type SodWish,
} from './odd-chips.ts';

const sodOf = (sod: Partial<SodWish>) => judgeOdd(oddChip({ sod }));
const signedBy = (signer: Partial<SignerWish>) => judgeOdd(oddChip({ signer }));

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

describe('the document signer', () => {
  it('may be named by its key identifier, embedded or stored', () => {
    expect(sodOf({ byKeyId: true }).outcome).toBe('genuine');
    for (const byKeyId of [true, false]) {
      const chip = oddChip({ sod: { byKeyId, embedSigner: false } });
      expect(judgeOdd(chip, { signers: [chip.signer] }).outcome).toBe('genuine');
      expect(judgeOdd(chip)).toMatchObject({
        outcome: 'unverifiable',
        told: { sod_signature: 'unknown: signer_certificate_missing' },
      });
    }
  });

  const purpose = extension('2.5.29.37', derSequence(derOid('2.23.136.1.1.3')));
  const types = (...listed: string[]) =>
    extension(
      '2.23.136.1.1.6.2',
      derSequence(derInteger(0), derSetOf(...listed.map(derPrintable))),
    );
  const usagePeriod = (from: string, to: string) =>
    extension('2.5.29.16', derSequence(der(0x80, Buffer.from(from)), der(0x81, Buffer.from(to))));
  const isCa = extension('2.5.29.19', derSequence(der(0x01, Buffer.from([0xff]))), true);
  const usual = keyUsage(0x80);

  it.each<[string, Partial<SignerWish>, string, Record<string, string>]>([
    [
      'is a CA',
      { extensions: [usual, isCa] },
      'rejected',
      { signer_profile: 'failed: signer_is_a_ca' },
    ],
    [
      'may sign certificates only',
      { extensions: [keyUsage(0x06)] },
      'rejected',
      { signer_profile: 'failed: signer_may_not_sign' },
    ],
    [
      'signs master lists',
      { extensions: [usual, purpose] },
      'rejected',
      { signer_profile: 'failed: signer_for_other_purpose' },
    ],
    [
      'has no key usage',
      { extensions: [] },
      'genuine',
      { signer_profile: 'warned: key_usage_missing' },
    ],
    [
      'has a critical extension that nobody knows',
      { extensions: [usual, extension('1.2.3.4', derNull(), true)] },
      'unverifiable',
      { signer_profile: 'unknown: unknown_critical_extension' },
    ],
    [
      'has another extension that nobody knows',
      { extensions: [usual, extension('1.2.3.4', derNull())] },
      'genuine',
      {},
    ],
    ['is for passports', { extensions: [usual, types('ID', 'P')] }, 'genuine', {}],
    [
      'is for other documents',
      { extensions: [usual, types('ID', 'AC')] },
      'unverifiable',
      { signer_profile: 'unknown: document_type_not_listed' },
    ],
    [
      'signed within the period of its key',
      { extensions: [usual, usagePeriod('20240101000000Z', '20251231000000Z')] },
      'genuine',
      {},
    ],
    [
      'signed after the period of its key',
      { extensions: [usual, usagePeriod('20240101000000Z', '20241231000000Z')] },
      'unverifiable',
      { signer_valid_at_signing: 'unknown: outside_private_key_usage_period' },
    ],
    [
      'was not valid at signing and is today',
      { notBefore: new Date('2025-06-01Z') },
      'rejected',
      { signer_valid_at_signing: 'failed: signer_not_valid_at_signing' },
    ],
    [
      'was valid at signing and is not today',
      { notAfter: new Date('2026-06-01Z') },
      'unverifiable',
      { signer_valid_today: 'failed: signer_expired' },
    ],
    [
      'is older than its CSCA',
      { cscaNotBefore: new Date('2024-06-01Z') },
      'unverifiable',
      { signer_valid_at_signing: 'unknown: csca_not_valid_at_issue' },
    ],
  ])('that %s is judged by that alone', (_what, signer, outcome, told) => {
    expect(signedBy(signer)).toMatchObject({ outcome, told });
    expect(signedBy(signer).told).toEqual(told);
  });

  it('does not sign tomorrow', () => {
    const signedAt = new Date(now.getTime() + 3 * 86_400_000);
    expect(sodOf({ signedAt }).told).toEqual({
      signer_valid_at_signing: 'unknown: signed_in_the_future',
    });
  });

  it('of an RSA key below 2048 bits verifies at a lowered level', () => {
    const key = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
    expect(signedBy({ key: key(1536) })).toMatchObject({
      outcome: 'genuine',
      algorithms: { level: 'lowered', sodSignature: 'rsa-sha256 1536' },
      told: { algorithm_strength: 'warned: weak_algorithm' },
    });
    expect(signedBy({ key: key(2048) })).toMatchObject({
      outcome: 'genuine',
      algorithms: { level: 'full' },
      told: {},
    });
  });
});

describe('the chain', () => {
  it('needs no key identifier: a key of the same state is tried', () => {
    expect(signedBy({ authorityKey: null }).outcome).toBe('genuine');
  });

  it('is not made by a key identifier: another key has it, the state’s own signed', () => {
    expect(signedBy({ authorityKey: ecKey() }).outcome).toBe('genuine');
  });

  it('is broken where the anchor that the signer names did not sign it', () => {
    // Both name each other, of one state: only the signature differs.
    const chip = oddChip();
    const signature = Buffer.from(chip.files.get('EF_SOD')!);
    const at = signature.indexOf(chip.signer) + chip.signer.length - 1;
    signature[at]! ^= 1;
    const verdict = judgeOdd({ ...chip, files: new Map(chip.files).set('EF_SOD', signature) });
    expect(verdict.outcome).toBe('rejected');
    expect(verdict.told['signer_chain']).toBe('failed: signed_by_another_key');
  });
});

describe('the issuing state', () => {
  it.each([
    ['D', 'DE', 'DE'],
    ['D', 'de', 'DE'],
    ['RKS', 'KS', 'KS'],
    ['RKS', 'XK', 'KS'],
    ['EUE', 'EU', 'eu'],
    ['UNO', 'UN', 'UN'],
    ['UNA', 'UN', 'UN'],
    ['XOM', 'XOM', 'XOM'],
    ['GBD', 'GB', 'GB'],
    ['HKG', 'CN', 'CN'],
    ['HKG', 'HK', 'CN'],
    ['MAC', 'CN', 'CN'],
    ['XPO', 'XPO', 'XPO'],
    ['THA', 'th', 'TH'],
  ])('%s goes with a signer of %s under a CSCA of %s', (issuingState, country, cscaCountry) => {
    const chip = oddChip({ facts: { issuingState }, signer: { country, cscaCountry } });
    expect(judgeOdd(chip)).toMatchObject({ outcome: 'genuine', told: {} });
  });

  it.each([
    ['D', 'FR', 'FR'],
    ['D', 'DE', 'FR'],
    ['D', 'FR', 'DE'],
    ['CHN', 'HK', 'CN'],
    ['XXA', 'XX', 'XX'],
  ])('%s does not go with a signer of %s under a CSCA of %s', (issuingState, country, csca) => {
    const chip = oddChip({ facts: { issuingState }, signer: { country, cscaCountry: csca } });
    const { outcome, told } = judgeOdd(chip);
    expect(outcome).not.toBe('genuine');
    expect(Object.keys(told)).toEqual(['issuing_state']);
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
