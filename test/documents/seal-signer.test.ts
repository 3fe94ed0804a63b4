import { describe, expect, it } from 'vitest';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import type { SealCheckName, SealTrust } from '../../src/documents/seal-verdict.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import {
  checkOf as check,
  makeCsca,
  makeRevocationList,
  makeSeal,
  makeSigner,
  type SealRequest,
  type SignerRequest,
} from './seal-maker.ts';

const now = new Date('2026-11-22T10:00:00Z');
const signer = makeSigner();
const pinned: SealTrust = { signers: [signer.certificate], anchors: [], crls: [] };

function judge(bytes: Buffer, changes: Partial<Parameters<typeof verifySeal>[0]> = {}) {
  return verifySeal({ bytes, trust: pinned, now, policy: { specimenStates: true }, ...changes });
}

function sealBy(request: SignerRequest, seal: Omit<SealRequest, 'signer'> = {}) {
  const other = makeSigner(request);
  const trust = { ...pinned, signers: [other.certificate] };
  return judge(makeSeal({ signer: other, ...seal }), { trust });
}

describe('the signer of a seal', () => {
  it('must be in the store, by country, name and serial', () => {
    const bytes = makeSeal({ signer });
    const others = [{ country: 'DE' }, { name: 'SX' }, { serial: 0x1b }].map(makeSigner);
    for (const other of others) {
      const trust = { ...pinned, signers: [other.certificate] };
      const verdict = judge(bytes, { trust });
      expect(verdict.outcome).toBe('refer');
      expect(check(verdict, 'signer_known')).toBe('unknown: signer_unknown');
    }
  });

  it('is not believed for its name alone', () => {
    const impostor = makeSigner();
    const verdict = judge(makeSeal({ signer: impostor }));
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'signature')).toBe('failed: signature_wrong');
  });

  it('is found among several of one name and serial', () => {
    const trust = { ...pinned, signers: [makeSigner().certificate, signer.certificate] };
    expect(judge(makeSeal({ signer }), { trust })).toMatchObject({
      outcome: 'genuine',
      fingerprints: { signer: signer.certificate.fingerprint },
    });
  });

  it.each([
    ['brainpoolP224r1', 'sha224', 'lowered'],
    ['brainpoolP256r1', 'sha256', 'full'],
    ['secp384r1', 'sha384', 'full'],
    ['brainpoolP512r1', 'sha512', 'full'],
    ['secp521r1', 'sha512', 'full'],
  ])('may sign on %s, with %s', (curve, hash, level) => {
    const verdict = sealBy({ curve }, { hash });
    expect(verdict.outcome).toBe('genuine');
    expect(verdict.algorithms.level).toBe(level);
  });

  it('may not sign on a curve outside the list, nor with another hash or key size', () => {
    const foreign = sealBy({ curve: 'secp256k1' });
    expect(foreign.outcome).toBe('refer');
    expect(check(foreign, 'signature')).toBe('unknown: unsupported_curve');
    expect(sealBy({ curve: 'secp384r1' }, { hash: 'sha256' }).outcome).toBe('refer');
    const larger = makeSigner({ curve: 'secp384r1' });
    const verdict = judge(makeSeal({ signer: larger, hash: 'sha384' }));
    expect(check(verdict, 'signature')).toBe('failed: signature_length_wrong');
  });

  it.each<[string, SignerRequest, SealCheckName, string]>([
    ['expired', { notAfter: '2026-11-01' }, 'signer_valid_today', 'failed: signer_expired'],
    [
      'younger than the signature',
      { notBefore: '2026-10-10' },
      'signer_valid_at_signing',
      'failed: signer_not_valid_at_signing',
    ],
    ['a CA', { isCa: true }, 'signer_profile', 'failed: signer_is_a_ca'],
    ['for keys only', { keyUsage: 0x20 }, 'signer_profile', 'failed: signer_may_not_sign'],
    [
      'for master lists',
      { extendedKeyUsage: '2.23.136.1.1.3' },
      'signer_profile',
      'failed: signer_for_other_purpose',
    ],
    [
      'for passports only',
      { documentTypes: ['P'] },
      'signer_profile',
      'unknown: document_type_not_listed',
    ],
    ['of another state', { country: 'DE' }, 'issuing_state', 'failed: issuing_state_differs'],
  ])('refers where it is %s', (_name, request, name, expected) => {
    const verdict = sealBy(request);
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, name)).toBe(expected);
    expect(check(verdict, 'signature')).toBe('passed');
  });
});

describe("the CSCA of the signer's state", () => {
  const csca = makeCsca();
  const chained = makeSigner({ issuer: csca, documentTypes: ['V'] });
  const crl = (revoked: Parameters<typeof makeRevocationList>[1] = []) => [
    parseRevocationList(makeRevocationList(csca, revoked)),
  ];
  const trust = {
    signers: [chained.certificate, signer.certificate],
    anchors: [csca.certificate],
    crls: crl(),
  };

  it('makes the chain, and a fresh list says good', () => {
    const verdict = judge(makeSeal({ signer: chained }), { trust });
    expect(verdict).toMatchObject({
      outcome: 'genuine',
      algorithms: { signerCertificate: 'ecdsa-sha256 on P-256' },
      fingerprints: { anchor: csca.certificate.fingerprint, crl: trust.crls[0]!.fingerprint },
    });
  });

  it('must have signed the signer, where we have one', () => {
    const verdict = judge(makeSeal({ signer }), { trust });
    expect(verdict.outcome).toBe('refer');
    expect(check(verdict, 'signer_chain')).toBe('unknown: csca_unknown');
  });

  it('of another state changes nothing', () => {
    const anchors = [makeCsca({ country: 'DE' }).certificate];
    const verdict = judge(makeSeal({ signer }), { trust: { ...pinned, anchors } });
    expect(verdict.outcome).toBe('genuine');
    expect(check(verdict, 'signer_chain')).toBe('skipped: state_has_no_csca');
  });

  it('rejects what a revoked signer signed', () => {
    const verdict = judge(makeSeal({ signer: chained }), {
      trust: { ...trust, crls: crl([chained]) },
    });
    expect(verdict.outcome).toBe('rejected');
    expect(check(verdict, 'revocation')).toBe('failed: signer_revoked');
  });

  it('refers without a fresh list, unless revocation is only reported', () => {
    const bytes = makeSeal({ signer: chained });
    const stale = parseRevocationList(
      makeRevocationList(csca, [], { thisUpdate: '2026-01-01', nextUpdate: '2026-04-01' }),
    );
    expect(judge(bytes, { trust: { ...trust, crls: [] } }).outcome).toBe('refer');
    const verdict = judge(bytes, { trust: { ...trust, crls: [stale] } });
    expect(check(verdict, 'revocation')).toBe('unknown: revocation_list_stale');
    const reported = judge(bytes, {
      trust: { ...trust, crls: [stale] },
      policy: { specimenStates: true, revocation: 'reported' },
    });
    expect(reported.outcome).toBe('genuine');
    expect(check(reported, 'revocation')).toBe('warned: revocation_list_stale');
  });
});
