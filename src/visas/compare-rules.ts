import { contentOf } from './read-rule-file.ts';
import type { StayRule } from './stay-rules.ts';

/** How one rule of a set differs from the set before. A rule is the same one by its code and first day. */
export interface RuleChange {
  code: string;
  effectiveFrom: string;
  kind: 'added' | 'removed' | 'changed' | 'reviewed';
  /** What differs of a changed one, as it is written. */
  fields: { field: string; before: string; after: string }[];
}

/** What a set changes in the one before, rule by rule: changes first, then what only gets its review. Pure. */
export function compareRules(
  before: readonly StayRule[],
  after: readonly StayRule[],
): RuleChange[] {
  const nameOf = ({ code, effectiveFrom }: StayRule) => `${code} ${effectiveFrom}`;
  const earlier = new Map(before.map((rule) => [nameOf(rule), rule]));
  const later = new Map(after.map((rule) => [nameOf(rule), rule]));
  const changes: RuleChange[] = [];
  const tell = (rule: StayRule, kind: RuleChange['kind'], fields: RuleChange['fields'] = []) =>
    changes.push({ code: rule.code, effectiveFrom: rule.effectiveFrom, kind, fields });
  for (const [name, rule] of later) {
    const old = earlier.get(name);
    if (!old) tell(rule, 'added');
    else if (contentOf(old) !== contentOf(rule)) tell(rule, 'changed', differences(old, rule));
  }
  for (const [name, rule] of earlier) if (!later.has(name)) tell(rule, 'removed');
  for (const [name, rule] of later) {
    const old = earlier.get(name);
    if (old && contentOf(old) === contentOf(rule) && old.review === 'unreviewed')
      tell(rule, 'reviewed');
  }
  return changes;
}

function differences(before: StayRule, after: StayRule): RuleChange['fields'] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof StayRule>;
  return [...fields]
    .filter((field) => field !== 'review' && field !== 'reviewed')
    .map((field) => ({ field, before: written(before[field]), after: written(after[field]) }))
    .filter((one) => one.before !== one.after);
}

function written(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
