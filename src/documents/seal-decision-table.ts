import type { CheckOutcome } from './chip-verdict.ts';
import type { Finding } from './findings.ts';
import type { SealBinding, SealCheck, SealCheckName, SealOutcome } from './seal-verdict.ts';

interface Row {
  check: SealCheckName;
  clause: string;
  /** What `failed` does. `unknown` refers for every check: nothing unknown ever passes. */
  failed: 'rejects' | 'refers' | 'notes';
}

/**
 * The decision table of seals. Only three things reject: octets that are no seal, a revoked signer, and a truly signed seal
 * that contradicts the paper it is on. All that may be the fault of a signer, a store or a printer goes to a person.
 */
export const sealDecisionTable: readonly Row[] = [
  { check: 'seal_well_formed', clause: 'Doc 9303-13 §2; TR VDS-NC', failed: 'rejects' },
  { check: 'document_type', clause: 'Doc 9303-13 §2.2', failed: 'refers' },
  { check: 'features', clause: 'Doc 9303-13 §2.3', failed: 'refers' },
  { check: 'dates', clause: 'Doc 9303-13 §2.2', failed: 'refers' },
  { check: 'signer_known', clause: 'Doc 9303-13 §2.2; Doc 9303-12 §7.1', failed: 'refers' },
  { check: 'signature', clause: 'Doc 9303-13 §2.4; BSI TR-03111 §5.2.1', failed: 'refers' },
  { check: 'signer_chain', clause: 'Doc 9303-12 §7; RFC 5280 §6.1', failed: 'refers' },
  { check: 'signer_profile', clause: 'Doc 9303-12 §7.1; TR VDS-NC', failed: 'refers' },
  {
    check: 'signer_valid_at_signing',
    clause: 'Doc 9303-12 §7.1.1.3; RFC 5280 §4.1.2.5',
    failed: 'refers',
  },
  { check: 'signer_valid_today', clause: 'RFC 5280 §6.1.3 (a)(2)', failed: 'refers' },
  { check: 'revocation', clause: 'Doc 9303-12 §7.1.4; RFC 5280 §6.3', failed: 'rejects' },
  { check: 'issuing_state', clause: 'Doc 9303-12 §7.1.1.2; Doc 9303-3 §5', failed: 'refers' },
  { check: 'algorithm_strength', clause: 'Doc 9303-13 §2.4; Doc 9303-12 §4.4', failed: 'refers' },
  { check: 'mrz_well_formed', clause: 'Doc 9303-3 §4; Doc 9303-7 §4', failed: 'refers' },
  { check: 'mrz_binding', clause: 'Doc 9303-7 §9; Doc 9303-8; Doc 9303-13', failed: 'rejects' },
  { check: 'passport_binding', clause: 'Doc 9303-7 §9; TR VDS-NC', failed: 'rejects' },
  { check: 'document_expired', clause: 'Doc 9303-7 §4', failed: 'notes' },
];

export type SealFindings = Readonly<Record<SealCheckName, Finding>>;

/** The same finding for every check. */
export function everySealCheck(found: Finding): SealFindings {
  const all = sealDecisionTable.map(({ check }) => [check, found]);
  return Object.fromEntries(all) as SealFindings;
}

export function sealChecksOf(findings: SealFindings): SealCheck[] {
  return sealDecisionTable.map(({ check, clause }) => {
    const { outcome, reason } = findings[check];
    return { name: check, outcome, ...(reason === undefined ? {} : { reason }), clause };
  });
}

const rows = new Map(sealDecisionTable.map((row) => [row.check, row]));

export function decideSeal(checks: readonly SealCheck[]): SealOutcome {
  const effects = checks.map(effectOf);
  if (effects.includes('rejects')) return 'rejected';
  const reported = new Set(checks.map((check) => check.name));
  const complete = sealDecisionTable.every((row) => reported.has(row.check));
  return complete && !effects.includes('refers') ? 'genuine' : 'refer';
}

/** The checks that made a verdict no better than it is, `name: reason` each; none for a genuine one. */
export function decisiveSealChecks(checks: readonly SealCheck[]): string[] {
  const effect = decideSeal(checks) === 'rejected' ? 'rejects' : 'refers';
  return checks
    .filter((check) => effectOf(check) === effect)
    .map(({ name, reason }) => `${name}: ${reason}`);
}

function effectOf({ name, outcome }: SealCheck): Row['failed'] | 'none' {
  const effects: Readonly<Record<CheckOutcome, Row['failed'] | 'none'>> = {
    passed: 'none',
    skipped: 'none',
    warned: 'notes',
    unknown: 'refers',
    failed: rows.get(name)?.failed ?? 'refers',
  };
  return effects[outcome];
}

/** How far a seal is bound to the papers that were shown with it. */
export function bindingOf(findings: SealFindings): SealBinding {
  const outcomes = [findings.mrz_binding, findings.passport_binding];
  if (outcomes.some(({ outcome }) => outcome === 'failed')) return 'differs';
  if (!outcomes.some(({ outcome }) => outcome === 'passed')) return 'not_compared';
  const missing = outcomes.some(
    ({ outcome, reason }) => outcome !== 'passed' && reason !== NOT_IN_SEAL,
  );
  return missing ? 'partly_bound' : 'bound';
}

/** Reason of a binding that the seal says nothing for. */
export const NOT_IN_SEAL = 'not_in_seal';
