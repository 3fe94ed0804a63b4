import type { CloneInput, CloneProof } from './check-clone.ts';
import { runChipAuthentication, type ChipAuthenticationState } from './chip-authentication.ts';
import { readChipSecurity } from './chip-keys.ts';
import { attempt, finding, passed, type Finding } from './findings.ts';

/** What our server's own run of chip authentication says. Without one, a signed key is told and never "unsupported". */
export function checkChipAuthentication({ covered, sod, input }: CloneInput): CloneProof {
  if (!sod.dataGroups.has('DG14')) return withoutKey;
  const dg14 = covered.get('DG14');
  if (dg14 === undefined) {
    return notAttempted(finding('warned', 'chip_security_not_read', ['DG14']));
  }
  const security = attempt(() => readChipSecurity(dg14));
  if (!security.ok) return notAttempted({ ...security.finding, outcome: 'unknown' });
  if (!security.value.hasChipAuthenticationKey) return withoutKey;
  const evidence = input.chipAuthentication;
  if (evidence === undefined) return notAttempted(finding('warned', 'chip_authentication_not_run'));
  if (evidence.source === 'uploaded') {
    return notAttempted(finding('warned', 'chip_authentication_not_ours'));
  }
  const sodBytes = input.files.get('EF_SOD')!;
  const run = attempt(() => runChipAuthentication(dg14, sodBytes, evidence.session));
  return run.ok ? proofOf(run.value) : notAttempted({ ...run.finding, outcome: 'unknown' });
}

const withoutKey: CloneProof = {
  cloneCheck: 'unsupported',
  finding: finding('skipped', 'no_chip_key'),
};

function proofOf(run: ChipAuthenticationState): CloneProof {
  switch (run.state) {
    case 'passed':
      return { cloneCheck: 'passed', finding: passed, algorithm: run.algorithm };
    case 'failed':
      return { cloneCheck: 'failed', finding: finding('failed', run.reason) };
    case 'refused':
      return notAttempted(finding('unknown', run.reason));
    case 'asking':
      return notAttempted(finding('warned', 'chip_authentication_unfinished'));
  }
}

function notAttempted(found: Finding): CloneProof {
  return { cloneCheck: 'not_attempted', finding: found };
}
