import { describe, expect, it, test } from 'vitest';
import { identityAssurance, reproofDueOn } from '../../src/assurance/identity.ts';
import { IDENTITY_POLICY } from '../../src/assurance/identity-evidence.ts';
import type { IdentityEvidence } from '../../src/assurance/identity-evidence.ts';
import { counterProof, dataPageProof, matcherProof, officerProof, SEALED } from './evidence.ts';

const now = new Date('2026-12-01T05:00:00Z');
const assurance = (...proofs: IdentityEvidence[]) =>
  identityAssurance(proofs, IDENTITY_POLICY, now);

describe('what a proof carries', () => {
  test.each<[string, IdentityEvidence, number]>([
    ['a chip and an officer’s eye on a live capture', officerProof(), 2],
    ['a chip and an approved matcher', matcherProof(), 2],
    ['a chip at a counter', counterProof(), 2],
    ['a chip at a counter with sample and second officer', counterProof(SEALED), 3],
    [
      'a passport without chip at a counter with a second document',
      counterProof({
        documentCheck: 'inspected_with_second',
        chipVerdict: 'absent',
        cloneCheck: 'not_attempted',
      }),
      2,
    ],
    [
      'the same with sample and second officer',
      counterProof({
        ...SEALED,
        documentCheck: 'inspected_with_second',
        chipVerdict: 'absent',
        cloneCheck: 'not_attempted',
      }),
      3,
    ],
    ['a data page and a code to the register’s address', dataPageProof(), 1],
    [
      'a data page and an uploaded face matched by an officer',
      dataPageProof({ pathway: 'remote_officer', capture: 'uploaded', officer: 'match' }),
      1,
    ],
    [
      'a data page and an uploaded face matched by a matcher',
      dataPageProof({ pathway: 'remote_matcher', capture: 'uploaded', matcher: 'match' }),
      1,
    ],
    ['a chip with an uploaded picture never exceeds 1', officerProof({ capture: 'uploaded' }), 1],
    [
      'a matched chip with an uploaded picture never exceeds 1',
      matcherProof({ capture: 'uploaded' }),
      1,
    ],
    [
      'a chip without a trusted CSCA never exceeds 1 remotely',
      officerProof({ chipVerdict: 'unverifiable' }),
      1,
    ],
    ['a chip whose clone check was skipped', officerProof({ cloneCheck: 'not_attempted' }), 1],
    [
      'a chip that can’t show it is no clone, not compensated',
      officerProof({ cloneCheck: 'unsupported' }),
      1,
    ],
    [
      'a chip that can’t show it is no clone, compensated',
      officerProof({ cloneCheck: 'unsupported', cloneCompensated: true }),
      2,
    ],
    ['a matcher without attack detection', matcherProof({ attackDetection: 'not_run' }), 1],
    [
      'a matcher with an officer’s judgement of the capture only',
      matcherProof({ attackDetection: 'judged_by_officer' }),
      1,
    ],
    ['an officer without any look at attacks', officerProof({ attackDetection: 'not_run' }), 1],
    ['no face compared at all', officerProof({ officer: 'not_asked' }), 0],
    ['a data page unknown to the registers', dataPageProof({ registers: 'no_record' }), 0],
    ['a data page whose code never came back', dataPageProof({ registerCodeConfirmed: false }), 0],
    ['a counter where the officer did not compare', counterProof({ officer: 'not_asked' }), 0],
    ['a sample without a second officer', counterProof({ biometricSample: 'kept' }), 2],
    ['a second officer without a sample', counterProof({ secondOfficer: true }), 2],
  ])('%s', (_name, proof, ial) => {
    expect(assurance(proof).ial).toBe(ial);
  });

  it('falls from 3 to 2 when the biometric consent is withdrawn', () => {
    const found = assurance(counterProof({ ...SEALED, biometricSample: 'consent_withdrawn' }));
    expect(found.ial).toBe(2);
    expect(found.missing.map((demand) => demand.code)).toEqual(['biometric_sample']);
  });

  it('carries pathway, clone check and dates', () => {
    expect(assurance(officerProof())).toMatchObject({
      ial: 2,
      proofId: 'proof-1',
      pathway: 'remote_officer',
      cloneCheck: 'passed',
      documentCurrent: true,
      reproofDueOn: '2031-11-10',
    });
    const unsupported = officerProof({ cloneCheck: 'unsupported', cloneCompensated: true });
    expect(assurance(unsupported).cloneCheck).toBe('unsupported');
    expect(assurance(dataPageProof()).cloneCheck).toBeNull();
  });
});

describe('what takes every level away', () => {
  const everyKind = [officerProof, matcherProof, dataPageProof, () => counterProof(SEALED)];
  test.each<[string, Partial<IdentityEvidence>]>([
    ['a register contradicts', { registers: 'contradict' }],
    ['the chip was rejected', { chipVerdict: 'rejected' }],
    ['the clone check failed', { cloneCheck: 'failed' }],
    ['an attack was detected', { attackDetection: 'failed' }],
    ['an officer saw another face', { officer: 'no_match' }],
    ['the issuer’s key is compromised', { issuerCompromised: true }],
    [
      'the document was lost before the proofing',
      { documentLostAt: new Date('2026-11-01T00:00:00Z') },
    ],
    ['the re-proof date came', { reproofDueOn: '2026-12-01' }],
  ])('%s', (_name, change) => {
    for (const kind of everyKind) {
      const found = assurance({ ...kind(), ...change });
      expect(found).toMatchObject({ ial: 0, proofId: null, pathway: null, documentCurrent: null });
      expect(found.missing).not.toHaveLength(0);
    }
  });

  it('lets no officer override a matcher’s non-match remotely, but lets the counter', () => {
    expect(assurance(officerProof({ matcher: 'no_match', officer: 'match' })).ial).toBe(0);
    expect(assurance(counterProof({ matcher: 'no_match', officer: 'match' })).ial).toBe(2);
  });
});

describe('the document', () => {
  it('is current through its last day where it is counted, and keeps its level after', () => {
    const proof = officerProof({ documentExpiresOn: '2026-12-01' });
    const at = (time: string) => identityAssurance([proof], IDENTITY_POLICY, new Date(time));
    expect(at('2026-12-01T16:59:59Z')).toMatchObject({ ial: 2, documentCurrent: true });
    expect(at('2026-12-01T17:00:00Z')).toMatchObject({ ial: 2, documentCurrent: false });
  });

  it('keeps the level until the re-proof date that policy sets', () => {
    const proof = officerProof({ documentExpiresOn: '2026-12-01' });
    const dueOn = reproofDueOn(proof, IDENTITY_POLICY);
    expect(dueOn).toBe('2027-05-30');
    const at = (time: string) => identityAssurance([proof], IDENTITY_POLICY, new Date(time)).ial;
    expect(at('2027-05-29T12:00:00Z')).toBe(2);
    expect(at('2027-05-30T00:00:00Z')).toBe(0);
  });

  it('lost after the proofing is no longer current, at the same level', () => {
    const found = assurance(officerProof({ documentLostAt: new Date('2026-11-25T00:00:00Z') }));
    expect(found).toMatchObject({ ial: 2, documentCurrent: false });
  });

  it('takes the earliest of the re-proof dates', () => {
    expect(reproofDueOn(officerProof({ documentExpiresOn: null }), IDENTITY_POLICY)).toBe(
      '2036-11-21',
    );
    expect(reproofDueOn(officerProof({ reproofDueOn: '2027-01-01' }), IDENTITY_POLICY)).toBe(
      '2027-01-01',
    );
  });
});

describe('several proofs', () => {
  it('count by the best', () => {
    const found = assurance(
      dataPageProof({ proofId: 'a' }),
      counterProof({ proofId: 'b' }),
      officerProof({ proofId: 'c', issuerCompromised: true }),
    );
    expect(found).toMatchObject({ ial: 2, proofId: 'b' });
  });

  it('prefer a current document, then the latest, at one level', () => {
    const old = officerProof({ proofId: 'old', documentExpiresOn: '2026-11-30' });
    const renewed = officerProof({ proofId: 'new', proofedAt: new Date('2026-11-01T00:00:00Z') });
    const again = officerProof({ proofId: 'again' });
    expect(assurance(old, renewed).proofId).toBe('new');
    expect(assurance(renewed, again).proofId).toBe('again');
    expect(assurance(again, renewed).proofId).toBe('again');
  });

  it('of none is IAL0', () => {
    expect(assurance()).toMatchObject({ ial: 0, missing: [], proofedAt: null });
  });
});
