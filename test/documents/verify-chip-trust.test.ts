import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { anna, findings, judge, now, otherPki, pki } from './sandbox-chips.ts';

describe('trust', () => {
  it('is asked of the caller only: no anchors, no verdict', () => {
    expect(judge(anna, { anchors: [] }).outcome).toBe('unverifiable');
  });

  it('does not follow from a name: a CSCA of the same name has another key', () => {
    const verdict = judge(anna, {
      anchors: [otherPki.csca.certificate, pki.unknownCsca.certificate],
    });
    expect([verdict.outcome, findings(verdict)['signer_chain']]).toEqual([
      'unverifiable',
      'unknown: csca_unknown',
    ]);
  });

  it('is not given to a document signer as anchor of itself', () => {
    const verdict = judge(anna, { anchors: [pki.signers.ecdsa.certificate] });
    expect(verdict.outcome).toBe('unverifiable');
  });

  it('is not shaken by anchors and lists that cannot be read', () => {
    const rubbish = Buffer.from('rubbish');
    const verdict = judge(anna, {
      anchors: [rubbish, pki.csca.certificate],
      crls: [rubbish, pki.revocationList],
    });
    expect(verdict.outcome).toBe('genuine');
  });

  it('names Utopia no state in production', () => {
    const verdict = judge(anna, { policy: {} });
    expect([verdict.outcome, findings(verdict)]).toEqual([
      'unverifiable',
      { issuing_state: 'unknown: issuing_state_unknown' },
    ]);
  });
});

describe('revocation', () => {
  it('reads the number of a list, where it has one in bounds', () => {
    const { number } = parseRevocationList(pki.revocationList);
    expect(number).toBeGreaterThan(1_700_000_000n);
  });

  it('withholds without a list, or reports it where policy says so', () => {
    expect(judge(anna, { crls: [] }).outcome).toBe('unverifiable');
    const policy = { specimenStates: true, revocation: 'reported' } as const;
    const reported = judge(anna, { crls: [], policy });
    expect(reported.outcome).toBe('genuine');
    expect(findings(reported)).toEqual({ revocation: 'warned: revocation_list_unavailable' });
  });

  it('takes no list that another key signed', () => {
    expect(findings(judge(anna, { crls: [otherPki.revocationList] }))).toEqual({
      revocation: 'unknown: revocation_list_unavailable',
    });
  });

  it('withholds with a list past its next update, and still rejects a listed signer', async () => {
    const later = new Date('2037-01-01T00:00:00Z');
    const fresh = { dateOfExpiry: '2040-01-01', person: demoPeople.anna, now };
    const sound = judge(await makePassport(pki, fresh), { now: later });
    expect(findings(sound)).toMatchObject({ revocation: 'unknown: revocation_list_stale' });
    const listed = await makePassport(pki, { ...fresh, defect: 'revoked-dsc' });
    expect(judge(listed, { now: later }).outcome).toBe('rejected');
  });
});
