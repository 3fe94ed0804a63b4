import { describe, expect, it } from 'vitest';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { sources } from '../conventions/sources.ts';
import { anna, now, trust, withFile } from './sandbox-chips.ts';

describe('what a log could show of a document', () => {
  it('comes from nobody here: the code writes nothing anywhere', () => {
    const writing = sources('src/documents').filter(({ text }) =>
      /\bconsole\.|process\.std|\.(?:log|logger)\b|\bpino\b|node:fs/.test(text),
    );
    expect(writing.map(({ path }) => path)).toEqual([]);
  });

  it('is a code that we wrote, whatever the files hold: no reason repeats any of it', () => {
    let judged = 0;
    for (const [name, bytes] of anna.files) {
      for (let part = 0; part < 15; part++) {
        const at = Math.floor((bytes.length * part) / 15);
        const altered = [Buffer.from(bytes), bytes.subarray(0, at)];
        altered[0]![at]! ^= 0x55;
        for (const changed of altered) {
          const { files } = withFile(anna, name, changed);
          const { checks } = verifyChip({ files, now, ...trust, printedZone: ['ERIKSSON'] });
          for (const { reason = 'passed' } of checks) expect(reason).toMatch(/^[a-z][a-z0-9_]*$/);
          const told = JSON.stringify(checks);
          const held = [anna.facts.documentNumber, 'ERIKSSON', 'ANNA', anna.facts.dateOfBirth];
          expect(held.filter((value) => told.includes(value))).toEqual([]);
          judged++;
        }
      }
    }
    expect(judged).toBe(anna.files.size * 30);
  });
});
