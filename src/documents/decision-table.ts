import type { ChipCheck, ChipCheckName, ChipOutcome, CheckOutcome } from './chip-verdict.ts';

/** What a check's outcome does: `rejects` beats `withholds`; `notes` and `none` never help or harm. */
export type Effect = 'rejects' | 'withholds' | 'notes' | 'none';

interface Row {
  check: ChipCheckName;
  clause: string;
  failed: Exclude<Effect, 'none'>;
  /** `unknown` always withholds: nothing unknown ever passes. */
}

/**
 * The decision table (README.md explains the rows). The order is the order of the verdict. Whatever is not in the
 * table cannot be reported; `unknown` withholds for every check.
 */
export const decisionTable: readonly Row[] = [
  { check: 'files_well_formed', clause: 'Doc 9303-10 §4.6, §4.7', failed: 'rejects' },
  { check: 'sod_well_formed', clause: 'Doc 9303-10 §4.6.2; RFC 5652 §5', failed: 'rejects' },
  { check: 'sod_signed_attributes', clause: 'RFC 5652 §5.4, §11', failed: 'rejects' },
  { check: 'sod_signature', clause: 'Doc 9303-11 §5.1 step 3; RFC 5652 §5.6', failed: 'rejects' },
  { check: 'data_groups_listed', clause: 'Doc 9303-11 §5.1 step 4', failed: 'rejects' },
  { check: 'data_group_hashes', clause: 'Doc 9303-11 §5.1 step 4', failed: 'rejects' },
  {
    check: 'data_groups_complete',
    clause: 'Doc 9303-10 §4.7 (DG1, DG2 mandatory)',
    failed: 'withholds',
  },
  { check: 'com_matches_sod', clause: 'Doc 9303-10 §4.6.1', failed: 'notes' },
  { check: 'signer_chain', clause: 'Doc 9303-11 §5.1 step 2; RFC 5280 §6.1', failed: 'rejects' },
  { check: 'signer_profile', clause: 'Doc 9303-12 §7.1', failed: 'rejects' },
  {
    check: 'signer_valid_at_signing',
    clause: 'Doc 9303-12 §7.1.1.3; RFC 5280 §4.1.2.5',
    failed: 'rejects',
  },
  { check: 'signer_valid_today', clause: 'RFC 5280 §6.1.3 (a)(2)', failed: 'withholds' },
  { check: 'revocation', clause: 'Doc 9303-12 §7.1.4; RFC 5280 §6.3', failed: 'rejects' },
  { check: 'issuing_state', clause: 'Doc 9303-12 §7.1.1.2; Doc 9303-3 §5', failed: 'rejects' },
  { check: 'algorithm_strength', clause: 'Doc 9303-12 §4.4', failed: 'withholds' },
  { check: 'mrz_well_formed', clause: 'Doc 9303-3 §4; Doc 9303-10 §4.7.1', failed: 'withholds' },
  { check: 'portrait_readable', clause: 'Doc 9303-10 §4.7.2', failed: 'withholds' },
  { check: 'document_expired', clause: 'Doc 9303-4 §4.2.2', failed: 'notes' },
  { check: 'active_authentication', clause: 'Doc 9303-11 §6.1', failed: 'rejects' },
  { check: 'chip_authentication', clause: 'Doc 9303-11 §6.2, §9.8', failed: 'rejects' },
];

const rows = new Map(decisionTable.map((row) => [row.check, row]));

export function effectOf(check: Pick<ChipCheck, 'name' | 'outcome'>): Effect {
  if (check.outcome === 'failed') return rows.get(check.name)?.failed ?? 'withholds';
  return EFFECTS[check.outcome];
}

const EFFECTS: Readonly<Record<Exclude<CheckOutcome, 'failed'>, Effect>> = {
  passed: 'none',
  skipped: 'none',
  warned: 'notes',
  unknown: 'withholds',
};

/** The checks that made a verdict no better than it is, `name: reason` each; none for a genuine one. */
export function decisiveChecks(checks: readonly ChipCheck[]): string[] {
  const effect: Effect = decide(checks) === 'rejected' ? 'rejects' : 'withholds';
  return checks
    .filter((check) => effectOf(check) === effect)
    .map(({ name, reason }) => `${name}: ${reason}`);
}

/** `genuine` needs every row of the table reported, and none that rejects or withholds. */
export function decide(checks: readonly ChipCheck[]): ChipOutcome {
  const effects = checks.map((check) => effectOf(check));
  if (effects.includes('rejects')) return 'rejected';
  const reported = new Set(checks.map((check) => check.name));
  const complete = decisionTable.every((row) => reported.has(row.check));
  return complete && !effects.includes('withholds') ? 'genuine' : 'unverifiable';
}
