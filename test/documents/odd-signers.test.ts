import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  der,
  derInteger,
  derNull,
  derOid,
  derPrintable,
  derSequence,
  derSetOf,
} from '../../src/documents/der-writer.ts';
import {
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
