import { RETENTION, ruleOn } from './classes.ts';
import type { RetentionAction, RetentionClassFacts, RetentionRule } from './classes.ts';

/** Where docs/retention.md is filled in: the text between the two marks is generated. */
export const GENERATED_START = '<!-- generated from src/proofing/retention: start -->';
export const GENERATED_END = '<!-- generated from src/proofing/retention: end -->';

/** `document` with its table written anew from the one that the purge runs on. */
export function withRetentionTable(document: string): string {
  const start = document.indexOf(GENERATED_START);
  const end = document.indexOf(GENERATED_END);
  if (start === -1 || end < start)
    throw new Error('the document lacks the marks of its generated part');
  const head = document.slice(0, start + GENERATED_START.length);
  return `${head}\n\n${describeRetention()}\n\n${document.slice(end)}`;
}

const BECOMES: Record<RetentionAction, string> = {
  delete: 'deleted',
  destroy_content: 'bytes destroyed, digest and outcome stay',
  destroy_key: 'data key destroyed',
  keep: 'not purged',
};

/** The retention table as Markdown, one line a rule. */
export function describeRetention(): string {
  const rows = Object.entries<RetentionClassFacts>(RETENTION).flatMap(([name, facts]) =>
    facts.rules.map((rule) => [
      `\`${name}\``,
      facts.what,
      termOf(facts, rule),
      BECOMES[facts.action],
      facts.holdable ? 'yes' : 'no',
      rule.basis,
      rule.since,
    ]),
  );
  const head = ['class', 'what', 'term', 'then', 'held by holds', 'basis', 'since'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function termOf({ from }: RetentionClassFacts, { days }: RetentionRule): string {
  if (days === null) return 'without end';
  return days === 0 ? `until ${from}` : `${days} ${days === 1 ? 'day' : 'days'} after: ${from}`;
}

/** The table in force on a day, for `tangchat retention report`. */
export function retentionOn(day: string) {
  return Object.entries<RetentionClassFacts>(RETENTION).map(([name, facts]) => {
    const { days, since, basis } = ruleOn(facts, day);
    return { class: name, days, from: facts.from, action: facts.action, since, basis };
  });
}
