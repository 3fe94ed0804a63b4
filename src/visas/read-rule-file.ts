import { lineOf, readLinedJson } from './json-lines.ts';
import { stayRuleSet } from './stay-rules.ts';
import type { StayRule, StayRuleSet } from './stay-rules.ts';

/** What is wrong with a file, and where. */
export interface RuleFileFault {
  line: number;
  message: string;
}

export type RuleFile = { ok: true; set: StayRuleSet } | { ok: false; faults: RuleFileFault[] };

const MOST_FAULTS = 20;

/**
 * A file of stay rules as somebody wrote it, or every fault of it with its line. What it says of reviews is not believed: a rule
 * counts as reviewed only where it stands in the rules in force, letter for letter, and was accepted there.
 */
export function readRuleFile(text: string, inForce: readonly StayRule[]): RuleFile {
  const read = readLinedJson(text);
  if (!read.ok)
    return { ok: false, faults: [{ line: read.line, message: 'is no JSON from here on' }] };
  const parsed = stayRuleSet.safeParse(read.value);
  if (parsed.success)
    return {
      ok: true,
      set: {
        title: parsed.data.title,
        rules: parsed.data.rules.map((rule) => asReviewed(rule, inForce)),
      },
    };
  const faults = parsed.error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => ({
    line: lineOf(read.lines, path),
    message: path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  }));
  return { ok: false, faults: faults.toSorted((one, other) => one.line - other.line) };
}

/** A rule without what is said of its review: what a review is of. */
export function contentOf({ review: _review, reviewed: _reviewed, ...content }: StayRule): string {
  return JSON.stringify(content);
}

function asReviewed(rule: StayRule, inForce: readonly StayRule[]): StayRule {
  const { reviewed: _claimed, ...bare } = rule;
  const content = contentOf(rule);
  const same = inForce.find((one) => contentOf(one) === content);
  return same?.reviewed
    ? { ...bare, review: 'reviewed', reviewed: same.reviewed }
    : { ...bare, review: 'unreviewed' };
}
