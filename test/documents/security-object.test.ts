import { describe, expect, it } from 'vitest';
import { readOnly } from '../../src/documents/ber.ts';
import type { ChipFileName } from '../../src/documents/chip-verdict.ts';
import {
  checkSignedAttributes,
  parseSignedData,
  signerCertificateOf,
  signerSignatureHolds,
} from '../../src/documents/cms.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { parseSecurityObject } from '../../src/documents/security-object.ts';
import { describeSignature } from '../../src/documents/signatures.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import {
  chipFilesOf,
  publishedAnchors,
  vector,
  vectorJson,
  vectorNames,
  vectorsAreHere,
} from './vectors.ts';

interface Expected {
  file: string;
  eContentType: string;
  ldsVersion?: number;
  dgHashAlg: string | null;
  dgHashes: Record<string, string> | null;
  signatureOk: boolean;
}

const outcomes = (verdict: ReturnType<typeof verifyChip>) =>
  Object.fromEntries(verdict.checks.map(({ name, outcome, reason }) => [name, reason ?? outcome]));

describe.skipIf(!vectorsAreHere)('documents that states issued', () => {
  const expected = vectorsAreHere ? (vectorJson('sod/expected.json') as Expected[]) : [];
  const anchors = vectorsAreHere ? publishedAnchors() : [];
  const crls = vectorsAreHere ? vectorNames('crl').map((name) => vector(`crl/${name}`)) : [];
  const sods = expected.filter(({ file }) => file.endsWith('EF_SOD.bin'));
  const now = new Date('2026-08-01T00:00:00Z');
  const verifyLone = (path: string) =>
    verifyChip({ files: new Map([['EF_SOD', vector(path)]]), anchors, crls, now });

  it.each(sods)('$file is read and its signature holds', (sample) => {
    const sod = parseSecurityObject(vector(`sod/${sample.file}`));
    const hashes = [...sod.dataGroups].map(([name, hash]) => [name.slice(2), hash.toString('hex')]);
    expect(sod.signed.contentType).toBe(sample.eContentType);
    expect(sod.version).toBe(sample.ldsVersion);
    expect(sod.hash).toBe(sample.dgHashAlg);
    expect(Object.fromEntries(hashes)).toEqual(sample.dgHashes);
    const signer = signerCertificateOf(sod.signed);
    expect(checkSignedAttributes(sod.signed)).toMatchObject({ ok: true });
    expect(signerSignatureHolds(sod.signed, signer)).toBe(sample.signatureOk);
  });

  it('reads a CardSecurity by the same CMS', () => {
    const signed = parseSignedData(readOnly(vector('sod/DE_CardSecurity.bin'), { rules: 'ber' }));
    expect(checkSignedAttributes(signed)).toEqual({ ok: true });
    expect(signerSignatureHolds(signed, signerCertificateOf(signed))).toBe(true);
    const files = new Map<ChipFileName, Buffer>([['EF_SOD', vector('sod/DE_CardSecurity.bin')]]);
    expect(verifyChip({ files, anchors, crls, now }).outcome).toBe('rejected');
  });

  it.each(['US', 'DE', 'MY', 'AU'])(
    'a lone SOD of %s chains to a published CSCA and stays unverifiable',
    (state) => {
      const verdict = verifyLone(`sod/${state}_EF_SOD.bin`);
      expect(verdict.outcome).toBe('unverifiable');
      expect(outcomes(verdict)).toMatchObject({
        sod_well_formed: 'passed',
        sod_signed_attributes: 'passed',
        sod_signature: 'passed',
        signer_chain: 'passed',
        signer_profile: 'passed',
        signer_valid_today: 'passed',
        data_groups_complete: 'only_sod',
      });
    },
  );

  it('tells a fresh list, a stale one and none apart', () => {
    expect(outcomes(verifyLone('sod/DE_EF_SOD.bin'))['revocation']).toBe('passed');
    expect(outcomes(verifyLone('sod/MY_EF_SOD.bin'))['revocation']).toBe('revocation_list_stale');
    expect(outcomes(verifyLone('sod/US_EF_SOD.bin'))['revocation']).toBe(
      'revocation_list_unavailable',
    );
  });

  it('reads the indefinite lengths of New Zealand 2013, whose CSCA is in no list any more', () => {
    const verdict = verifyLone('sod/NZ2013_EF_SOD.bin');
    expect(verdict.outcome).toBe('unverifiable');
    expect(outcomes(verdict)).toMatchObject({
      sod_signature: 'passed',
      signer_chain: 'csca_unknown',
      signer_valid_today: 'signer_expired',
    });
  });

  it('rejects a SOD with its last byte flipped', () => {
    const verdict = verifyLone('sod/negative/DE_EF_SOD_lastbyte_flipped.bin');
    expect(verdict.outcome).toBe('rejected');
    expect(outcomes(verdict)['sod_signature']).toBe('signature_wrong');
  });

  it('rejects the BSI reference passport for the DG15 that its SOD does not list', () => {
    const files = chipFilesOf('bsi-tr03105-5');
    const verdict = verifyChip({ files, anchors, crls, now });
    expect(verdict.outcome).toBe('rejected');
    expect(verdict.checks.find(({ name }) => name === 'data_groups_listed')).toMatchObject({
      outcome: 'failed',
      reason: 'not_in_sod',
      dataGroups: ['DG15'],
    });
    const without = verifyChip({
      files: chipFilesOf('bsi-tr03105-5', ['DG15']),
      anchors,
      crls,
      now,
    });
    expect(without.outcome).toBe('unverifiable');
    expect(outcomes(without)).toMatchObject({
      signer_chain: 'csca_unknown',
      data_group_hashes: 'passed',
    });
    expect(without.document).toMatchObject({ primaryIdentifier: 'MUSTERMANN', issuingState: 'D' });
  });

  it('verifies a SHA-1 document on brainpoolP224r1 at a lowered, reported level', () => {
    const files = chipFilesOf('bsi2008-brainpoolP224r1', ['DG15']);
    const verdict = verifyChip({ files, anchors, crls, now });
    expect(outcomes(verdict)).toMatchObject({
      sod_signature: 'passed',
      algorithm_strength: 'weak_algorithm',
    });
    expect(verdict.algorithms).toMatchObject({ dataGroupHash: 'sha1', level: 'lowered' });
  });

  it('reads the Dutch specimen whole, portrait included', () => {
    const at = (id: string) => vector(`loes2006-nl-specimen/ef01${id}.bin`);
    const files = new Map<ChipFileName, Buffer>([
      ['EF_COM', at('1E')],
      ['EF_SOD', at('1D')],
      ['DG1', at('01')],
      ['DG2', at('02')],
      ['DG15', at('0F')],
    ]);
    const verdict = verifyChip({ files, anchors, crls, now: new Date('2007-01-01T00:00:00Z') });
    expect(verdict.outcome).toBe('unverifiable');
    expect(verdict.cloneCheck).toBe('not_attempted');
    expect(verdict.portrait?.mimeType).toBe('image/jp2');
    expect(outcomes(verdict)).toMatchObject({
      sod_signature: 'passed',
      data_group_hashes: 'passed',
      data_groups_listed: 'passed',
      active_authentication: 'active_authentication_missing',
    });
  });

  it.each([
    ['DE_ML_2026-05-28.ml', 588, 'ecdsa-sha256 on brainpoolP256r1'],
    ['NL_ML_2026-07-22.ml', 411, 'rsa-sha256 4096'],
  ])('%s holds %i certificates under its own signature', (name, count, algorithm) => {
    const bytes = vector(`masterlists/${name}`);
    const { certificates } = parseMasterList(bytes);
    expect(certificates.length).toBe(count);
    const signed = parseSignedData(readOnly(bytes, { rules: 'ber', maxElements: 200_000 }));
    const key = signerCertificateOf(signed).publicKey;
    expect(describeSignature(signed.signer.algorithm, key)).toBe(algorithm);
    const broken = Buffer.from(bytes);
    broken[bytes.length >> 1]! ^= 1;
    expect(() => parseMasterList(broken)).toThrow();
  });

  it('reads the published CRLs, and refuses the one with bytes after its end', () => {
    const read = vectorNames('crl').map((name) => {
      try {
        return parseRevocationList(vector(`crl/${name}`)).revoked.size;
      } catch {
        return name;
      }
    });
    expect(read.filter((item) => typeof item === 'string')).toEqual(['LT_csca_crl.crl']);
    expect(read.filter((size) => typeof size === 'number' && size > 0).length).toBe(5);
  });
});
