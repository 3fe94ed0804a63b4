import { describe, expect, it } from 'vitest';
import type { Damage } from '../../src/dev/data-page-maker/damages.ts';
import { CLEAR } from '../../src/documents/ocr-characters.ts';
import { photographed } from './data-page-photos.ts';

const formats = ['TD3', 'TD2', 'TD1', 'MRV-A', 'MRV-B'] as const;

async function expectRead(asked: Parameters<typeof photographed>[0]) {
  const { printed, reading } = await photographed(asked);
  expect(reading).toMatchObject({ outcome: 'read', format: asked.format ?? 'TD3', lines: printed });
  if (reading.outcome !== 'read') return;
  expect(reading.mrz.checkDigits.every(({ ok }) => ok)).toBe(true);
  const confidences = reading.characters.flat().map(({ confidence }) => confidence);
  expect(Math.min(...confidences)).toBeGreaterThanOrEqual(CLEAR);
}

describe('a clean photo', () => {
  for (const format of formats) {
    it(`of a ${format} is read to the last character`, () => expectRead({ format, person: 'mai' }));
  }
  for (const person of ['anna', 'sukarno', 'tomas'] as const) {
    it(`of ${person}'s passport is read to the last character`, () => expectRead({ person }));
  }
  it('of a page that another printer set, bolder and with square strokes, is read too', () =>
    expectRead({ person: 'tomas', style: { cut: 'sharp', extraWeight: 45 } }));
  it('of faint blue print is read too', () => expectRead({ style: { ink: '#5b6c9a' } }));
});

describe('a damaged photo is read to the last character when', () => {
  const bearable: readonly (readonly [Damage, string])[] = [
    ['rotated', 'the page lies 9° aslant'],
    ['upside-down', 'the page lies upside down'],
    ['sideways', 'the page lies on its side'],
    ['tilted', 'the camera looks from a corner'],
    ['bulged', 'the open book arches'],
    ['soft', 'the lens is a little out of focus'],
    ['shaken', 'the hand shook'],
    ['grainy', 'there was hardly any light'],
    ['dim', 'two thirds of the contrast are gone'],
    ['shadowed', 'a hard shadow crosses the lines'],
    ['squeezed', 'a messenger compressed it'],
    ['shiny', 'a weak reflection lies on it'],
    ['phone', 'all of that happens a little'],
  ];
  for (const [damage, story] of bearable) it(story, () => expectRead({ damage, person: 'mai' }));
  for (const format of ['TD1', 'TD2', 'MRV-B'] as const) {
    it(`a ${format} was taken by an ordinary phone`, () => expectRead({ format, damage: 'phone' }));
  }
});
