import { judgeActiveAuthentication } from './active-authentication.ts';
import { checkChipAuthentication } from './check-chip-authentication.ts';
import { readActiveAuthenticationKey, readChipSecurity } from './chip-keys.ts';
import type {
  ActiveAuthentication,
  ChipAlgorithms,
  CloneCheck,
  DataGroupName,
  VerifyChipInput,
} from './chip-verdict.ts';
import { attempt, finding, passed, type Finding, type Findings } from './findings.ts';
import type { SecurityObject } from './security-object.ts';
import { nameOfKey } from './public-keys.ts';

export interface CloneResult {
  cloneCheck: CloneCheck;
  findings: Pick<Findings, 'active_authentication' | 'chip_authentication'>;
  algorithms: Pick<ChipAlgorithms, 'activeAuthentication' | 'chipAuthentication'>;
}

/** What one of the two proofs gave. */
export interface CloneProof {
  cloneCheck: CloneCheck;
  finding: Finding;
  algorithm?: string;
}

export interface CloneInput {
  /** Only groups whose hash the SOD holds. */
  covered: ReadonlyMap<DataGroupName, Buffer>;
  sod: SecurityObject;
  input: Pick<VerifyChipInput, 'files' | 'activeAuthentication' | 'chipAuthentication'>;
}

/** Is this the chip that the issuer made, or a copy of its files? One proof is enough, one that fails is too much. */
export function checkClone(given: CloneInput): CloneResult {
  const active = checkActiveAuthentication(given);
  const chip = checkChipAuthentication(given);
  const results = [active.cloneCheck, chip.cloneCheck];
  const strongest = (['failed', 'passed', 'not_attempted'] as const).find((result) =>
    results.includes(result),
  );
  return {
    cloneCheck: strongest ?? 'unsupported',
    findings: { active_authentication: active.finding, chip_authentication: chip.finding },
    algorithms: {
      ...(active.algorithm === undefined ? {} : { activeAuthentication: active.algorithm }),
      ...(chip.algorithm === undefined ? {} : { chipAuthentication: chip.algorithm }),
    },
  };
}

const unsigned = finding('unknown', 'chip_key_not_signed');

/** Under a SOD whose signature does not hold, no key means anything. */
export const unsignedClone: CloneResult = {
  cloneCheck: 'not_attempted',
  findings: { active_authentication: unsigned, chip_authentication: unsigned },
  algorithms: {},
};

/**
 * Only a key that the SOD covers can answer. A signed DG15 that was not read, or not asked, is a finding and never
 * "unsupported": leaving it out is how a copy would hide.
 */
function checkActiveAuthentication({ covered, sod, input }: CloneInput): CloneProof {
  if (!sod.dataGroups.has('DG15')) {
    return { cloneCheck: 'unsupported', finding: finding('skipped', 'no_chip_key') };
  }
  const bytes = covered.get('DG15');
  if (bytes === undefined) return notAttempted(finding('warned', 'chip_key_not_read', ['DG15']));
  const exchange = input.activeAuthentication;
  if (exchange === undefined) {
    return notAttempted(finding('warned', 'active_authentication_missing'));
  }
  return judgeExchange(bytes, covered.get('DG14'), exchange);
}

function judgeExchange(
  dg15: Buffer,
  dg14: Buffer | undefined,
  exchange: ActiveAuthentication,
): CloneProof {
  const key = attempt(() => readActiveAuthenticationKey(dg15));
  if (!key.ok) return notAttempted({ ...key.finding, outcome: 'unknown' });
  const security = attempt(() => (dg14 === undefined ? undefined : readChipSecurity(dg14)));
  if (!security.ok) return notAttempted({ ...security.finding, outcome: 'unknown' });
  const hash = security.value?.activeAuthenticationHash;
  const judged = judgeActiveAuthentication(key.value, exchange, hash);
  if (!judged.ok) return { cloneCheck: 'failed', finding: finding('failed', judged.reason) };
  const scheme = key.value.kind === 'rsa' ? 'iso9796-2' : 'ecdsa';
  const algorithm = `${scheme}-${judged.hash} ${nameOfKey(key.value)}`;
  return { cloneCheck: 'passed', finding: passed, algorithm };
}

function notAttempted(found: Finding): CloneProof {
  return { cloneCheck: 'not_attempted', finding: found };
}
