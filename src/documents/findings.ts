import type { ChipCheckName, CheckOutcome, DataGroupName } from './chip-verdict.ts';
import { FormatRefusal } from './format-refusal.ts';

/** What one check found, before the decision table gives it its clause. */
export interface Finding {
  outcome: CheckOutcome;
  reason?: string;
  dataGroups?: readonly DataGroupName[];
}

/** One finding for every check: the compiler holds the verdict complete. */
export type Findings = Readonly<Record<ChipCheckName, Finding>>;

export const passed: Finding = { outcome: 'passed' };

export function finding(
  outcome: Exclude<CheckOutcome, 'passed'>,
  reason: string,
  dataGroups: readonly DataGroupName[] = [],
): Finding {
  return { outcome, reason, ...(dataGroups.length === 0 ? {} : { dataGroups }) };
}

export type Attempt<Value> = { ok: true; value: Value } | { ok: false; finding: Finding };

/**
 * Runs a reader or a check. Bytes that are wrong are `failed`, bytes beyond what we support are `unknown`, and so is any
 * other exception: a fault of ours never verifies anything.
 */
export function attempt<Value>(run: () => Value): Attempt<Value> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    if (!(error instanceof FormatRefusal)) {
      return { ok: false, finding: finding('unknown', 'internal_error') };
    }
    const outcome = error.kind === 'malformed' ? 'failed' : 'unknown';
    return { ok: false, finding: finding(outcome, error.reason) };
  }
}

/** A check that answers with a finding itself. */
export function checked(run: () => Finding): Finding {
  const result = attempt(run);
  return result.ok ? result.value : result.finding;
}
