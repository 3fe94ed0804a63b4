import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IDENTITY_POLICY } from '../../../src/assurance/identity-evidence.ts';
import { PURGED, RETENTION, ruleOn } from '../../../src/proofing/retention/classes.ts';
import type { RetentionClassFacts } from '../../../src/proofing/retention/classes.ts';
import { withRetentionTable } from '../../../src/proofing/retention/describe.ts';
import { keepers } from '../../../src/jobs.ts';

const path = new URL('../../../docs/retention.md', import.meta.url);
const classes: [string, RetentionClassFacts][] = Object.entries(RETENTION);

it('docs/retention.md says what the purge does (UPDATE_DOCS=1 writes it anew)', () => {
  const document = readFileSync(path, 'utf8');
  const generated = withRetentionTable(document);
  if (process.env.UPDATE_DOCS) writeFileSync(path, generated);
  else expect(document).toBe(generated);
});

it('refuses a document without marks', () => {
  expect(() => withRetentionTable('# nothing')).toThrow(/marks/);
});

describe('the retention table', () => {
  it.each(classes)('%s has dated rules in order, each with its basis', (_name, { rules }) => {
    const days = rules.map(({ since }) => since);
    expect(days).toEqual([...new Set(days)].toSorted());
    for (const rule of rules) {
      expect(rule.since).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(rule.basis.length).toBeGreaterThan(10);
      expect(rule.days ?? 0).toBeGreaterThanOrEqual(0);
    }
  });

  it('has a keeper for every class that is purged, and no other', () => {
    expect(Object.keys(keepers).toSorted()).toEqual([...PURGED].toSorted());
  });

  it('keeps what a proof rests on no longer than ten years, and its sample as long as the proof', () => {
    expect(RETENTION.identities.rules[0].days).toBe(IDENTITY_POLICY.reproofAfterDays);
    expect(RETENTION.biometric_samples.rules[0].days).toBe(0);
  });

  it('changes a rule on its day', () => {
    const rules = [
      { since: '2026-11-23', days: 90, basis: 'first' },
      { since: '2027-02-01', days: 30, basis: 'second' },
    ] as const;
    const facts = { rules } as unknown as Pick<RetentionClassFacts, 'rules'>;
    expect(ruleOn(facts, '2027-01-31').days).toBe(90);
    expect(ruleOn(facts, '2027-02-01').days).toBe(30);
    expect(ruleOn(facts, '2026-01-01').days).toBe(90);
  });
});
