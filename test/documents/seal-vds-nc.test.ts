import { describe, expect, it } from 'vitest';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { canonicalText, parseStrictJson } from '../../src/documents/seal-json.ts';
import type { SealCheckName } from '../../src/documents/seal-verdict.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import {
  checkOf as check,
  makeCsca,
  makeRevocationList,
  makeSigner,
  makeVdsNc,
  vaccination,
} from './seal-maker.ts';
import type { SignerRequest, TestSigner } from './seal-maker.ts';

const now = new Date('2026-11-22T10:00:00Z');
const csca = makeCsca();
const forVdsNc = {
  issuer: csca,
  extendedKeyUsage: '2.23.136.1.1.14.2',
  documentTypes: ['NV'],
  keyUsage: 0x80,
};
const signer = makeSigner(forVdsNc);
const trust = {
  signers: [],
  anchors: [csca.certificate],
  crls: [parseRevocationList(makeRevocationList(csca, []))],
};
const genuine = makeVdsNc({ signer });

function judge(bytes: Buffer, changes: Partial<Parameters<typeof verifySeal>[0]> = {}) {
  return verifySeal({ bytes, trust, now, policy: { specimenStates: true }, ...changes });
}

function edited(change: (seal: { data: typeof vaccination; sig: Record<string, string> }) => void) {
  const seal = JSON.parse(genuine.toString()) as Parameters<typeof change>[0];
  change(seal);
  return Buffer.from(JSON.stringify(seal));
}

describe('a VDS-NC', () => {
  it('is genuine by the chain of the certificate that it brings', () => {
    expect(judge(genuine)).toMatchObject({
      outcome: 'genuine',
      kind: 'vds-nc',
      binding: 'not_compared',
      content: { documentType: 'icao.vacc', documentRef: 'icao.vacc/1', message: vaccination.msg },
      algorithms: { seal: 'ecdsa-sha256 on P-256', level: 'full' },
      fingerprints: { anchor: csca.certificate.fingerprint },
    });
  });

  it('is the same in any order and spacing of its members', () => {
    const { data, sig } = JSON.parse(genuine.toString()) as Record<string, object>;
    const turned = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([name, member]) => [name, turned(member)]),
          )
        : value;
    const bytes = Buffer.from(JSON.stringify({ sig, data: turned(data) }, null, 3));
    expect(judge(bytes).outcome).toBe('genuine');
  });

  it('is bound to the passport by number and birth date', () => {
    const given = { passportNumber: 'L898902C3', dateOfBirth: '1990-08-12' };
    expect(judge(genuine, { printed: given })).toMatchObject({
      outcome: 'genuine',
      binding: 'bound',
    });
    const other = judge(genuine, { printed: { passportNumber: 'X12345678' } });
    expect(other).toMatchObject({ outcome: 'rejected', binding: 'differs' });
    const twin = judge(genuine, { printed: { ...given, dateOfBirth: '1990-08-13' } });
    expect(check(twin, 'passport_binding')).toBe('failed: date_of_birth_differs');
  });

  it('refers where one letter of its message changed', () => {
    const verdict = judge(edited(({ data }) => (data.msg.pid.n = 'ERIKSSON ANNE MARIA')));
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'signature')).toBe('failed: signature_wrong');
  });

  it.each<[string, SignerRequest, SealCheckName, string]>([
    [
      'another purpose',
      { extendedKeyUsage: '2.23.136.1.1.3' },
      'signer_profile',
      'failed: signer_for_other_purpose',
    ],
    [
      'another type of message',
      { documentTypes: ['NT'] },
      'signer_profile',
      'unknown: document_type_not_listed',
    ],
    ['years past', { notAfter: '2026-01-01' }, 'signer_valid_today', 'failed: signer_expired'],
    ['another state', { country: 'DE' }, 'issuing_state', 'failed: issuing_state_differs'],
    ['another CSCA', { issuer: makeCsca() }, 'signer_chain', 'unknown: csca_unknown'],
  ])('refers where its signer is for %s', (_name, request, name, expected) => {
    const verdict = judge(makeVdsNc({ signer: makeSigner({ ...forVdsNc, ...request }) }));
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, name)).toBe(expected);
  });

  it('refers where its signer is a document signer, without the purpose', () => {
    const documentSigner = makeSigner({ issuer: csca });
    const verdict = judge(makeVdsNc({ signer: documentSigner }));
    expect(check(verdict, 'signer_profile')).toBe('failed: signer_for_other_purpose');
    expect(verdict.outcome).toBe('refer');
  });

  it('refers without any CSCA: a signer never vouches for itself', () => {
    const self = makeSigner({ ...forVdsNc, issuer: undefined } as unknown as SignerRequest);
    for (const anchors of [[], trust.anchors]) {
      const verdict = judge(makeVdsNc({ signer: self }), { trust: { ...trust, anchors } });
      expect(verdict.outcome).toBe('refer');
      expect(check(verdict, 'signer_chain')).toBe('unknown: csca_unknown');
    }
  });

  it('is rejected where its signer is revoked, and refers where the list is stale', () => {
    const crl = (revoked: TestSigner[]) => parseRevocationList(makeRevocationList(csca, revoked));
    const revoked = judge(genuine, { trust: { ...trust, crls: [crl([signer])] } });
    expect(check(revoked, 'revocation')).toBe('failed: signer_revoked');
    expect(revoked.outcome).toBe('rejected');
    const later = judge(genuine, { now: new Date('2027-02-01') });
    expect(check(later, 'revocation')).toBe('unknown: revocation_list_stale');
    expect(later.outcome).toBe('refer');
  });

  it('refers where its algorithm does not go with the key', () => {
    const verdict = judge(edited(({ sig }) => (sig['alg'] = 'ES384')));
    expect(check(verdict, 'signature')).toBe('failed: algorithm_differs_from_key');
    const larger = makeSigner({ ...forVdsNc, curve: 'secp384r1' });
    expect(judge(makeVdsNc({ signer: larger, algorithm: 'ES384' })).outcome).toBe('genuine');
    const none = judge(edited(({ sig }) => (sig['alg'] = 'none')));
    expect(check(none, 'seal_well_formed')).toBe('unknown: unsupported_signature_algorithm');
    expect(none.outcome).toBe('refer');
  });

  it('refers where nobody knows the type or its version', () => {
    for (const hdr of [
      { t: 'icao.visa', v: 1, is: 'UTO' },
      { t: 'icao.vacc', v: 2, is: 'UTO' },
      { t: 'constructor', v: 1, is: 'UTO' },
    ]) {
      const verdict = judge(makeVdsNc({ signer, data: { ...vaccination, hdr } }));
      expect(verdict.outcome).toBe('refer');
      expect(check(verdict, 'document_type')).toBe('unknown: document_type_unknown');
    }
  });

  it.each<[string, (text: string) => string, string]>([
    ['a member beside', (text) => text.replace('{', '{"more":1,'), 'bad_schema'],
    ['a member twice', (text) => text.replace('"is"', '"v": 1, "is"'), 'repeated_name'],
    ['text after it', (text) => `${text} {}`, 'trailing_bytes'],
    ['a cut end', (text) => text.slice(0, -1), 'bad_json'],
    ['base64 with a spare bit set', (text) => text.replace(/(?<="sigvl": ".{85})./, 'B'), ''],
    ['a state in digits', (text) => text.replace('"UTO"', '"123"'), 'bad_issuing_state'],
    ['a byte order mark', (text) => `\ufeff${text}`, 'bad_json'],
  ])('is rejected with %s', (_name, change, expected) => {
    const verdict = judge(Buffer.from(change(genuine.toString())));
    expect(verdict.outcome).toBe('rejected');
    expect(check(verdict, 'seal_well_formed')).toContain(expected || 'bad_base64');
  });

  it('is never genuine with one bit of its values changed', () => {
    const text = genuine.toString();
    const free = new Set(Array.from(text.matchAll(/\s/g), ({ index }) => index));
    let tried = 0;
    for (let at = 0; at < genuine.length; at++) {
      if (free.has(at)) continue;
      const bytes = Buffer.from(genuine);
      bytes[at]! ^= 1 << (at % 8);
      tried++;
      expect(judge(bytes).outcome).not.toBe('genuine');
    }
    expect(tried).toBeGreaterThan(900);
  });
});

describe('strict JSON', () => {
  const parse = (text: string) => parseStrictJson(Buffer.from(text));

  it.each([
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '1e999',
    'NaN',
    'nul',
    '"a',
    '"\\x"',
    '"\\u12"',
    '"\\ud800"',
    '"\u0007"',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '1 2',
    '['.repeat(100_000),
    `[${'1,'.repeat(3000)}1]`,
    `"${'a'.repeat(20_000)}"`,
  ])('refuses %.40j', (text) => {
    expect(() => parse(text)).toThrow(FormatRefusal);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      new FormatRefusal('json_not_utf8'),
    );
  });

  it('is written in the one form of RFC 8785', () => {
    // Names sort by UTF-16 code units (§3.2.3), numbers as ECMAScript prints them (§3.2.2.3).
    const text =
      '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}';
    expect(canonicalText(parse(text))).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
    expect(
      canonicalText(parse(' [333333333.33333329, 1E30, 4.50, 2e-3, 1e-27, -0, true, null] ')),
    ).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0,true,null]');
    expect(canonicalText(parse('"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/"'))).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    );
    expect(canonicalText(parse('{"__proto__":{"a":[]}}'))).toBe('{"__proto__":{"a":[]}}');
  });
});
