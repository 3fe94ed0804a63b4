import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decisionTable } from '../../src/documents/decision-table.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the written decision table', () => {
  it('is the one that the code follows', () => {
    const rows = read('docs/documents.md')
      .split('\n')
      .map((line) => /^\| `([a-z_]+)` \| (.+) \| (rejects|withholds|notes) \|$/.exec(line))
      .filter((match) => match !== null)
      .map(([, check, clause, failed]) => ({ check, clause, failed }));
    expect(rows).toEqual(decisionTable);
  });

  it('is explained row by row beside the code', () => {
    const readme = read('src/documents/README.md');
    for (const { check, failed } of decisionTable) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${check}\` |`));
      expect([check, row?.endsWith(`| ${failed} |`)]).toEqual([check, true]);
    }
  });
});
