import { judgeActiveAuthentication } from './active-authentication.ts';
import { readActiveAuthenticationKey, readChipSecurity } from './chip-keys.ts';
import type { ActiveAuthentication, CloneCheck, DataGroupName } from './chip-verdict.ts';
import { attempt, finding, passed, type Finding } from './findings.ts';
import type { SecurityObject } from './security-object.ts';
import { nameOfKey } from './public-keys.ts';

export interface CloneResult {
  cloneCheck: CloneCheck;
  finding: Finding;
  algorithm?: string;
}

export interface CloneInput {
  /** Only groups whose hash the SOD holds. */
  covered: ReadonlyMap<DataGroupName, Buffer>;
  sod: SecurityObject;
  exchange: ActiveAuthentication | undefined;
}

/**
 * Is this the chip that the issuer made, or a copy of its files? Only a key that the SOD covers can answer. A signed
 * DG15 that was not read, or not asked, is a finding and never "unsupported": leaving it out is how a copy would hide.
 */
export function checkClone({ covered, sod, exchange }: CloneInput): CloneResult {
  if (!sod.dataGroups.has('DG15')) return withoutKey(covered, sod);
  const bytes = covered.get('DG15');
  if (bytes === undefined) return notAttempted(finding('warned', 'chip_key_not_read', ['DG15']));
  const key = attempt(() => readActiveAuthenticationKey(bytes));
  if (!key.ok) return notAttempted({ ...key.finding, outcome: 'unknown' });
  if (exchange === undefined) {
    return notAttempted(finding('warned', 'active_authentication_missing'));
  }
  const dg14 = covered.get('DG14');
  const security = attempt(() => (dg14 === undefined ? undefined : readChipSecurity(dg14)));
  if (!security.ok) return notAttempted({ ...security.finding, outcome: 'unknown' });
  const hash = security.value?.activeAuthenticationHash;
  const judged = judgeActiveAuthentication(key.value, exchange, hash);
  if (!judged.ok) return { cloneCheck: 'failed', finding: finding('failed', judged.reason) };
  const scheme = key.value.kind === 'rsa' ? 'iso9796-2' : 'ecdsa';
  const algorithm = `${scheme}-${judged.hash} ${nameOfKey(key.value)}`;
  return { cloneCheck: 'passed', finding: passed, algorithm };
}

/** No DG15: a chip may still hold a chip authentication key, which only our server's own exchange could judge. */
function withoutKey(covered: ReadonlyMap<DataGroupName, Buffer>, sod: SecurityObject): CloneResult {
  const dg14 = covered.get('DG14');
  if (dg14 === undefined && sod.dataGroups.has('DG14')) {
    return notAttempted(finding('warned', 'chip_security_not_read', ['DG14']));
  }
  const security = attempt(() => (dg14 === undefined ? undefined : readChipSecurity(dg14)));
  if (!security.ok) return notAttempted({ ...security.finding, outcome: 'unknown' });
  return security.value?.hasChipAuthenticationKey === true
    ? notAttempted(finding('warned', 'chip_authentication_not_run'))
    : { cloneCheck: 'unsupported', finding: finding('skipped', 'no_chip_key') };
}

function notAttempted(found: Finding): CloneResult {
  return { cloneCheck: 'not_attempted', finding: found };
}
