import { expect, it } from 'vitest';
import { OfficerId } from '../../src/lib/ids.ts';
import { REVIEWED_ONE_IN, drawOfficer, isDrawn } from '../../src/proofing/draw-reviews.ts';

const officer = (last: string) => OfficerId.parse(`018f0000-0000-7000-8000-0000000000${last}`)!;
const OFFICERS = [officer('01'), officer('02'), officer('03')];

it('draws one decision in twenty, whatever it was', () => {
  const drawn = Array.from({ length: 100 }, (_, at) => isDrawn({ integer: (max) => at % max }));
  expect([REVIEWED_ONE_IN, drawn.filter(Boolean).length]).toEqual([20, 5]);
});

it('draws any officer but those barred, each as likely', () => {
  const barred = new Set([OFFICERS[1]!]);
  const draws = [0, 1].map((at) => drawOfficer(OFFICERS, barred, { integer: () => at }));
  expect(draws).toEqual([OFFICERS[0], OFFICERS[2]]);
  expect(drawOfficer(OFFICERS, new Set(OFFICERS), { integer: () => 0 })).toBeNull();
});
