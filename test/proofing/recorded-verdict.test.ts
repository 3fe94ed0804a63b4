import { expect, it } from 'vitest';
import { documentEvidence } from '../../src/proofing/document-record.ts';
import { anna, judge } from '../documents/sandbox-chips.ts';

it('keeps of a verdict all but the picture, also the version of the trust store and the time', () => {
  const verdict = judge(anna, { trustStore: { version: 3 } });
  const evidence = documentEvidence({ files: anna.files, exchange: null, run: null, verdict });
  const { portrait, ...kept } = verdict;
  expect(portrait).toBeDefined();
  expect(kept).toMatchObject({ trustStore: { version: 3 }, at: '2026-11-22T12:00:00.000Z' });
  expect(JSON.parse(evidence.get('chip_verdict')!.toString('utf8'))).toEqual(
    JSON.parse(JSON.stringify(kept)),
  );
});
