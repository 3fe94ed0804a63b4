import type { IdentityEvidence } from '../../src/assurance/identity-evidence.ts';

/** A sound chip proof whose face an officer matched on a live capture: IAL2 by `remote_officer`. */
export function officerProof(changes: Partial<IdentityEvidence> = {}): IdentityEvidence {
  return {
    proofId: 'proof-1',
    pathway: 'remote_officer',
    documentCheck: 'chip',
    chipVerdict: 'genuine',
    cloneCheck: 'passed',
    cloneCompensated: false,
    registers: 'agree',
    capture: 'capture_page',
    attackDetection: 'judged_by_officer',
    matcher: 'not_run',
    officer: 'match',
    registerCodeConfirmed: false,
    biometricSample: 'not_kept',
    secondOfficer: false,
    proofedAt: new Date('2026-11-22T03:00:00Z'),
    reproofDueOn: null,
    documentExpiresOn: '2031-05-14',
    documentLostAt: null,
    issuerCompromised: false,
    ...changes,
  };
}

/** The same chip with the face matched by an approved matcher: IAL2 by `remote_matcher`. */
export function matcherProof(changes: Partial<IdentityEvidence> = {}): IdentityEvidence {
  return officerProof({
    pathway: 'remote_matcher',
    attackDetection: 'passed',
    matcher: 'match',
    officer: 'not_asked',
    ...changes,
  });
}

/** The same chip with the person at a counter: IAL2, or IAL3 with `sealed`. */
export function counterProof(changes: Partial<IdentityEvidence> = {}): IdentityEvidence {
  return officerProof({
    pathway: 'counter',
    capture: 'in_person',
    attackDetection: 'not_run',
    officer: 'match',
    ...changes,
  });
}

/** What a counter proof needs on top for IAL3. */
export const SEALED = { biometricSample: 'kept', secondOfficer: true } as const;

/** A photographed data page, known to the register, whose holder typed the code sent there: IAL1. */
export function dataPageProof(changes: Partial<IdentityEvidence> = {}): IdentityEvidence {
  return officerProof({
    pathway: 'remote_code',
    documentCheck: 'data_page',
    chipVerdict: 'absent',
    cloneCheck: 'not_attempted',
    capture: 'none',
    attackDetection: 'not_run',
    officer: 'not_asked',
    registerCodeConfirmed: true,
    ...changes,
  });
}
