import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChipCheck, CheckOutcome } from '../../src/documents/chip-verdict.ts';
import { decide, decisionTable, effectOf } from '../../src/documents/decision-table.ts';
import { attempt } from '../../src/documents/findings.ts';
import { malformed, unsupported } from '../../src/documents/format-refusal.ts';

const all = (outcome: CheckOutcome): ChipCheck[] =>
  decisionTable.map(({ check, clause }) => ({ name: check, outcome, clause, reason: 'test' }));
const withOne = (name: ChipCheck['name'], outcome: CheckOutcome) =>
  all('passed').map((check) => (check.name === name ? { ...check, outcome } : check));

describe('the decision table', () => {
  it('is genuine only when every check is reported', () => {
    expect(decide(all('passed'))).toBe('genuine');
    for (let missing = 0; missing < decisionTable.length; missing++) {
      expect(decide(all('passed').toSpliced(missing, 1))).toBe('unverifiable');
    }
    expect(decide([])).toBe('unverifiable');
  });

  it.each(decisionTable.map(({ check, failed }) => [check, failed] as const))(
    '%s: unknown always withholds, failed %s',
    (check, failed) => {
      expect(decide(withOne(check, 'unknown'))).toBe('unverifiable');
      const outcome = { rejects: 'rejected', withholds: 'unverifiable', notes: 'genuine' }[failed];
      expect(decide(withOne(check, 'failed'))).toBe(outcome);
      expect(decide(withOne(check, 'warned'))).toBe('genuine');
      expect(decide(withOne(check, 'skipped'))).toBe('genuine');
    },
  );

  it('lets a rejection stand whatever else is unknown', () => {
    const mixed = all('unknown').map((check) =>
      check.name === 'data_group_hashes' ? { ...check, outcome: 'failed' as const } : check,
    );
    expect(decide(mixed)).toBe('rejected');
  });

  it('notes an expired document and does not doubt it for that', () => {
    expect(effectOf({ name: 'document_expired', outcome: 'failed' })).toBe('notes');
  });

  it('is written down in the README, row by row', () => {
    const readme = readFileSync(new URL('../../src/documents/README.md', import.meta.url), 'utf8');
    for (const { check, failed } of decisionTable) {
      expect(readme).toMatch(new RegExp(`\\| \`${check}\` \\|.*\\| ${failed} \\|`));
    }
  });
});

describe('a check that throws', () => {
  it.each([
    [
      'malformed bytes',
      () => {
        throw malformed('bad');
      },
      'failed',
      'bad',
    ],
    [
      'something we do not support',
      () => {
        throw unsupported('odd');
      },
      'unknown',
      'odd',
    ],
    [
      'a fault of ours',
      () => {
        throw new TypeError('secret detail');
      },
      'unknown',
      'internal_error',
    ],
  ])('on %s never passes', (_what, run, outcome, reason) => {
    expect(attempt(run)).toEqual({ ok: false, finding: { outcome, reason } });
  });
});
