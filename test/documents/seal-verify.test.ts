import { describe, expect, it } from 'vitest';
import { checkDigitOf } from '../../src/documents/mrz-check-digits.ts';
import type { SealTrust } from '../../src/documents/seal-verdict.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import {
  checkOf as check,
  encodeC40,
  makeSeal,
  makeSigner,
  visaFeatures,
  visaMrvB,
} from './seal-maker.ts';

const now = new Date('2026-11-22T10:00:00Z');
const signer = makeSigner();
const pinned: SealTrust = { signers: [signer.certificate], anchors: [], crls: [] };
const passportNumber = 'L898902C3';

function judge(bytes: Buffer, changes: Partial<Parameters<typeof verifySeal>[0]> = {}) {
  return verifySeal({ bytes, trust: pinned, now, policy: { specimenStates: true }, ...changes });
}

describe('a visa seal', () => {
  it.each([2, 3] as const)('of header version %i is genuine and says what it says', (version) => {
    const bytes = makeSeal({ signer, version });
    const verdict = judge(bytes, { printed: { mrzLines: visaMrvB, passportNumber } });
    expect(verdict).toMatchObject({
      outcome: 'genuine',
      kind: 'vds',
      binding: 'bound',
      content: {
        documentType: 'visa',
        documentRef: '5d01',
        version,
        issuingState: 'UTO',
        issuedOn: '2026-10-01',
        signedOn: '2026-10-02',
        signer: { country: 'UT', name: 'SV', reference: version === 2 ? '0001A' : '1A' },
        expiresOn: '2030-06-01',
      },
      algorithms: { seal: 'ecdsa-sha256 on P-256', level: 'full' },
      fingerprints: { signer: signer.certificate.fingerprint },
      at: now.toISOString(),
    });
    expect(verdict.content?.features).toEqual([
      { tag: 2, name: 'mrz', value: `${visaMrvB[0]}\n${visaMrvB[1].slice(0, 28)}` },
      { tag: 3, name: 'number_of_entries', value: 2 },
      { tag: 4, name: 'duration_of_stay', value: { days: 90, months: 0, years: 0 } },
      { tag: 5, name: 'passport_number', value: passportNumber },
    ]);
  });

  it('gives the same verdict, byte for byte, for the same input', () => {
    const bytes = makeSeal({ signer });
    expect(JSON.stringify(judge(bytes))).toBe(JSON.stringify(judge(Buffer.from(bytes))));
  });

  it('holds a whole MRV-A zone', () => {
    const lines = ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', `${visaMrvB[1]}<<<<<<<<`];
    const zone: [number, Buffer] = [1, encodeC40(lines[0]! + lines[1]!.slice(0, 28))];
    const bytes = makeSeal({ signer, features: [zone, ...visaFeatures.slice(1)] });
    expect(judge(bytes, { printed: { mrzLines: lines, passportNumber } })).toMatchObject({
      outcome: 'genuine',
      binding: 'bound',
    });
    const asMrvB = judge(bytes, { printed: { mrzLines: visaMrvB } });
    expect(check(asMrvB, 'mrz_binding')).toBe('failed: mrz_format_differs');
  });

  it('tells what was not given to compare', () => {
    const verdict = judge(makeSeal({ signer }), { printed: { mrzLines: visaMrvB } });
    expect(verdict).toMatchObject({ outcome: 'genuine', binding: 'partly_bound' });
    expect(check(verdict, 'passport_binding')).toBe('skipped: passport_number_not_given');
    expect(judge(makeSeal({ signer })).binding).toBe('not_compared');
  });

  it('is rejected beside a zone that differs in one character, or another passport', () => {
    const bytes = makeSeal({ signer });
    const altered = [visaMrvB[0].replace('ANNA', 'ANNE'), visaMrvB[1]];
    const zone = judge(bytes, { printed: { mrzLines: altered, passportNumber } });
    expect(zone).toMatchObject({ outcome: 'rejected', binding: 'differs' });
    expect(check(zone, 'mrz_binding')).toBe('failed: mrz_differs');
    const passport = judge(bytes, { printed: { passportNumber: 'L898902C8' } });
    expect(passport).toMatchObject({ outcome: 'rejected', binding: 'differs' });
  });

  it('cannot be held against a zone that is unreadable', () => {
    const lines = [visaMrvB[0].toLowerCase(), visaMrvB[1]];
    const verdict = judge(makeSeal({ signer }), { printed: { mrzLines: lines } });
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'mrz_binding')).toBe('unknown: mrz_unreadable');
  });

  it('refers, and accuses no paper, where its signature fails', () => {
    const bytes = makeSeal({ signer });
    bytes[bytes.length - 1]! ^= 1;
    const altered = [visaMrvB[0].replace('ANNA', 'ANNE'), visaMrvB[1]];
    const verdict = judge(bytes, { printed: { mrzLines: altered, passportNumber } });
    expect(verdict).toMatchObject({ outcome: 'refer', binding: 'not_compared' });
    expect(check(verdict, 'signature')).toBe('failed: signature_wrong');
    expect(check(verdict, 'mrz_binding')).toBe('unknown: seal_not_signed');
  });

  it('stays genuine after the visa ended, and says that it did', () => {
    const verdict = judge(makeSeal({ signer }), { now: new Date('2030-06-02T12:00:00Z') });
    expect(verdict.outcome).toBe('genuine');
    expect(check(verdict, 'document_expired')).toBe('failed: expired');
  });

  it.each([
    ['signedOn', { signedOn: '2026-11-24' }, 'failed: signed_in_the_future'],
    ['issuedOn', { issuedOn: '2026-12-24' }, 'failed: issued_in_the_future'],
  ])('refers where %s lies ahead', (_name, dates, expected) => {
    const verdict = judge(makeSeal({ signer, ...dates }));
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'dates')).toBe(expected);
  });

  it('is not genuine in production where Utopia issued it', () => {
    const verdict = judge(makeSeal({ signer }), { policy: {} });
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'issuing_state')).toBe('unknown: issuing_state_unknown');
  });
});

/** Line 2 of TD2 with its last check digit (Doc 9303-6 §4.2.2). */
function withComposite(line: string): string {
  return line + checkDigitOf(line.slice(0, 10) + line.slice(13, 20) + line.slice(21, 35));
}

describe('features', () => {
  it.each([
    ['a missing passport number', visaFeatures.slice(0, 3), 'failed: feature_missing'],
    ['no zone', visaFeatures.slice(1), 'failed: feature_missing'],
    ['both zones', [...visaFeatures, [1, Buffer.alloc(48)] as const], 'failed: feature_missing'],
    [
      'a duration of two octets',
      [...visaFeatures.slice(0, 2), [4, Buffer.alloc(2)] as const, visaFeatures[3]!],
      'failed: bad_feature_length',
    ],
    [
      'a zone that is no C40',
      [[2, Buffer.alloc(44, 0xff)] as const, ...visaFeatures.slice(1)],
      'failed: bad_c40',
    ],
  ])('refer with %s, however well signed', (_name, features, expected) => {
    const verdict = judge(makeSeal({ signer, features }));
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'features')).toBe(expected);
    expect(check(verdict, 'signature')).toBe('passed');
  });

  it('that the type does not define are told and do no harm', () => {
    const features = [...visaFeatures, [9, Buffer.from('ab', 'hex')] as const];
    const verdict = judge(makeSeal({ signer, features }));
    expect(verdict.outcome).toBe('genuine');
    expect(check(verdict, 'features')).toBe('warned: unknown_feature');
    expect(verdict.content?.features?.at(-1)).toEqual({ tag: 9, name: 'unknown', value: 'ab' });
  });

  it('of a type that nobody knows are not interpreted, and the seal refers', () => {
    const verdict = judge(makeSeal({ signer, documentRef: '5d07' }));
    expect(verdict).toMatchObject({ outcome: 'refer', content: { documentType: null } });
    expect(check(verdict, 'document_type')).toBe('unknown: document_type_unknown');
    expect(check(verdict, 'signature')).toBe('passed');
  });

  it('of a residence permit bind it to a TD2 zone and the passport', () => {
    const lines: [string, string] = [
      'ARUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<',
      withComposite('D231458907UTO9008124F3006014<<<<<<<'),
    ];
    const features = [
      [2, encodeC40(lines[0] + lines[1])],
      [3, encodeC40(passportNumber)],
    ] as const;
    const bytes = makeSeal({ signer, documentRef: 'fb06', features });
    const verdict = judge(bytes, { printed: { mrzLines: lines, passportNumber } });
    expect(verdict).toMatchObject({
      outcome: 'genuine',
      binding: 'bound',
      content: { documentType: 'residence_permit' },
    });
    const changed = [lines[0], `${lines[1].slice(0, 35)}<`];
    expect(judge(bytes, { printed: { mrzLines: changed } }).outcome).toBe('rejected');
  });

  it('of a social insurance card are UTF-8 text', () => {
    const features = [
      [1, encodeC40('65170839J003')],
      [2, Buffer.from('Perschweiß')],
      [3, Buffer.from('Oscar')],
    ] as const;
    const verdict = judge(makeSeal({ signer, documentRef: 'fc04', features }));
    expect(verdict.outcome).toBe('genuine');
    expect(verdict.content?.features?.[1]?.value).toBe('Perschweiß');
    const broken = [features[0], [2, Buffer.from([0xc3])] as const, features[2]];
    const refused = judge(makeSeal({ signer, documentRef: 'fc04', features: broken }));
    expect(check(refused, 'features')).toBe('failed: bad_feature');
  });

  it.each(['2026-02-30', '20260101'])('refuse %s as a date in digits', (date) => {
    const features = [
      [0, Buffer.alloc(16, 1)],
      [1, Buffer.from(date.replaceAll('-', ''))],
      [3, Buffer.from('example.test/p')],
      [4, Buffer.from('example.test/c')],
      [200, Buffer.from('of the profile')],
    ] as const;
    const verdict = judge(makeSeal({ signer, documentRef: '01c9', features }));
    expect(verdict.outcome).toBe(date === '20260101' ? 'genuine' : 'refer');
  });
});
