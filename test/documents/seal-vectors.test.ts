import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import type { SealTrust, SealVerdict } from '../../src/documents/seal-verdict.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';

const VECTORS = join(import.meta.dirname, '../../../shared/vectors');
const read = (path: string) => readFileSync(join(VECTORS, path));

function failing({ checks }: SealVerdict): string[] {
  return checks
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
    .map(({ name, reason }) => `${name}: ${reason}`);
}

describe.skipIf(!existsSync(VECTORS))('seals that others made (skipped without ../shared)', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  const policy = { specimenStates: true };
  const seals = () =>
    JSON.parse(read('vds/vdstools_seals_hex.json').toString()) as Record<string, string>;
  const trust = (): SealTrust => ({
    signers: ['vds/sealgen_DETS32.crt', 'vds/sealgen_UTTS5B.crt'].map((path) =>
      parseCertificate(read(path)),
    ),
    anchors: [],
    crls: [],
  });
  const judge = (name: string, changes: object = {}) =>
    verifySeal({
      bytes: Buffer.from(seals()[name]!, 'hex'),
      trust: trust(),
      now,
      policy,
      ...changes,
    });

  it.each([
    ['residentPermit', 'residence_permit', 'passport_number', 'UFO001979'],
    ['supplementSheet', 'supplementary_sheet', 'sheet_number', 'PA0000005'],
    [
      'emergenyTravelDoc',
      'emergency_travel_document',
      'mrz',
      'I<GBRSUPAMANN<<MARY<<<<<<<<<<<<<<<<<\n6525845096USA7008038M2201018<<<<<<06',
    ],
  ])('%s is genuine', (name, documentType, feature, value) => {
    const verdict = judge(name);
    expect(failing(verdict)).toEqual(['document_expired: expired']);
    expect(verdict.outcome).toBe('genuine');
    expect(verdict.algorithms).toEqual({
      seal: 'ecdsa-sha256 on brainpoolP256r1',
      level: 'full',
    });
    expect(verdict.content?.documentType).toBe(documentType);
    expect(verdict.content?.features).toContainEqual(
      expect.objectContaining({ name: feature, value }),
    );
  });

  it('the visa is truly signed, by a signer of another state that expired since', () => {
    const mrzLines = [
      'VCD<<DENT<<ARTHUR<PHILIP<<<<<<<<<<<<',
      '1234567XY7GBR5203116M2005250<<<<<<<<',
    ];
    const printed = { mrzLines, passportNumber: '47110815P' };
    const verdict = judge('visa_224bitSig', { printed });
    expect(verdict.outcome).toBe('refer');
    expect(failing(verdict)).toEqual([
      'signer_valid_today: signer_expired',
      'issuing_state: issuing_state_differs',
      'document_expired: expired',
    ]);
    expect(verdict).toMatchObject({
      binding: 'bound',
      algorithms: { seal: 'ecdsa-sha224 on brainpoolP224r1', level: 'lowered' },
      content: { documentType: 'visa', version: 3, signedOn: '2023-08-19' },
    });
    const other = judge('visa_224bitSig', { printed: { passportNumber: '47110815Q' } });
    expect(other.outcome).toBe('rejected');
  });

  it.each([
    ['socialInsurance', 2, 'social_insurance_card'],
    ['arrivalAttestation', 2, 'arrival_attestation'],
    ['ankunftsnwPapier', 3, 'arrival_attestation'],
    ['meldebescheinigung', 3, 'administrative_document_v8'],
    ['utoVisa', 3, null],
  ])('%s is read, and refers for want of its signer', (name, version, documentType) => {
    const verdict = judge(name);
    expect(verdict).toMatchObject({ outcome: 'refer', content: { version, documentType } });
    expect(failing(verdict)).toContain('signer_known: signer_unknown');
    expect(failing(verdict)).not.toContain('features: bad_feature');
  });

  it.each(['administrativeDocumentV9Basic', 'administrativeDocumentV9WithStatus'])(
    '%s is cut before its signature and rejected',
    (name) => {
      expect(judge(name).outcome).toBe('rejected');
      expect(failing(judge(name))[0]).toBe('seal_well_formed: signature_missing');
    },
  );

  it('every octet of the residence permit is signed', () => {
    const bytes = Buffer.from(seals()['residentPermit']!, 'hex');
    const signers = trust();
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const verdict = verifySeal({ bytes: changed, trust: signers, now, policy });
      expect(verdict.outcome).not.toBe('genuine');
    }
  });

  describe('the Australian VDS-NC', () => {
    const australian = (): SealTrust => ({
      signers: [],
      anchors: [parseCertificate(read('vdsnc/AU_CSCA.der'))],
      crls: [parseRevocationList(read('vdsnc/AU_CSCA.crl'))],
    });
    const bytes = () => read('vdsnc/AU_vdsnc_valid.json');
    const then = new Date('2021-09-15T00:00:00Z');

    it('was genuine while its list was fresh', () => {
      const verdict = verifySeal({ bytes: bytes(), trust: australian(), now: then });
      expect(failing(verdict)).toEqual([]);
      expect(verdict.outcome).toBe('genuine');
      expect(verdict.algorithms).toEqual({
        seal: 'ecdsa-sha256 on P-256',
        signerCertificate: 'rsa-sha256 4096',
        level: 'full',
      });
    });

    it('is bound to its passport', () => {
      const input = { bytes: bytes(), trust: australian(), now: then };
      const printed = { passportNumber: 'PF0911009', dateOfBirth: '1977-05-16' };
      expect(verifySeal({ ...input, printed }).binding).toBe('bound');
      const other = verifySeal({ ...input, printed: { passportNumber: 'PF0911008' } });
      expect(other.outcome).toBe('rejected');
    });

    it('refers today, its list being stale for years', () => {
      const verdict = verifySeal({ bytes: bytes(), trust: australian(), now });
      expect(verdict.outcome).toBe('refer');
      expect(failing(verdict)).toEqual(['revocation: revocation_list_stale']);
    });

    it('refers with a name changed', () => {
      const changed = Buffer.from(bytes().toString().replace('JANE', 'JOAN'));
      const verdict = verifySeal({ bytes: changed, trust: australian(), now: then });
      expect(failing(verdict)).toContain('signature: signature_wrong');
      expect(verdict.outcome).toBe('refer');
    });
  });
});
