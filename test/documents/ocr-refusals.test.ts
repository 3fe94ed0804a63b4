import { describe, expect, it } from 'vitest';
import type { Damage } from '../../src/dev/data-page-maker/damages.ts';
import { drawDataPage, plainPrint } from '../../src/dev/data-page-maker/draw-data-page.ts';
import { sandboxDataPage } from '../../src/dev/data-page-maker/sandbox-data-page.ts';
import { seededNoise, seededUniform } from '../../src/dev/data-page-maker/seeded-noise.ts';
import { plainShot, takePhoto } from '../../src/dev/data-page-maker/take-photo.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { MrzFormat } from '../../src/documents/mrz.ts';
import type { Advice } from '../../src/documents/ocr-advice.ts';
import type { GreyImage } from '../../src/documents/ocr-image.ts';
import { readZone, type ZoneReading } from '../../src/documents/ocr-read-zone.ts';
import { now, photographed, readPhoto } from './data-page-photos.ts';

const options = { now, specimenStates: true };
/** Half the pixels of the usual photo hold a zone as well, and are drawn and read sooner. */
const small = { ...plainShot, width: 960, height: 720 };

describe('a ruined photo is not read, and says', () => {
  const ruined: readonly (readonly [Damage, MrzFormat, Advice])[] = [
    ['blurred', 'TD3', 'blur'],
    ['blurred', 'TD1', 'blur'],
    ['glaring', 'TD3', 'glare'],
    ['glaring', 'TD1', 'glare'],
    ['cut', 'TD3', 'cut_edge'],
    ['cut', 'TD2', 'cut_edge'],
    ['cut-below', 'TD3', 'cut_edge'],
    ['cut-below', 'TD1', 'cut_edge'],
    ['absent', 'TD3', 'no_zone'],
    ['small', 'TD1', 'too_small'],
    ['dark', 'TD3', 'shadow'],
  ];
  for (const [damage, format, advice] of ruined) {
    it(`${advice} of a ${format} that is ${damage}`, async () => {
      const shot = damage === 'small' ? { fill: 0.23 } : {};
      const { reading } = await photographed({ damage, format, shot });
      expect(reading).toMatchObject({ outcome: 'unreadable' });
      expect(reading).toHaveProperty('advice', expect.arrayContaining([advice]));
    });
  }
});

describe('a photo that holds too few pixels says so, and not that there is no zone:', () => {
  it.each([
    ['TD3', 320, 0.9],
    ['TD3', 240, 0.9],
    ['TD3', 160, 0.9],
    ['TD1', 160, 0.9],
    ['MRV-B', 240, 0.9],
    ['TD3', 1200, 0.25],
    ['MRV-B', 1200, 0.25],
  ] as const)('a %s, %i pixels wide, that fills %f of it', async (format, width, fill) => {
    const page = await drawDataPage(sandboxDataPage(demoPeople.anna, format, now));
    const reading = await readPhoto(
      await takePhoto(page, { ...plainShot, width, height: width * 0.75, fill }),
    );
    expect(reading).toMatchObject({ outcome: 'unreadable' });
    expect(reading).toHaveProperty('advice', expect.arrayContaining(['too_small']));
    expect(reading).not.toHaveProperty('advice', expect.arrayContaining(['no_zone']));
  });
});

describe('a zone that contradicts itself', () => {
  it('is no reading although every character is clear', async () => {
    const content = sandboxDataPage(demoPeople.anna, 'TD3', now);
    const [first, second] = content.mrzLines as [string, string];
    const forged = [first, second.replace('900812', '910812')];
    const page = await drawDataPage({ ...content, mrzLines: forged });
    const reading = await readPhoto(await takePhoto(page, small));
    expect(reading).toMatchObject({ outcome: 'inconsistent', lines: forged });
    expect(reading).toHaveProperty('problems', ['check_digit_wrong']);
  });

  it('is no reading where a letter stands for a digit that the check digits would take', async () => {
    const content = sandboxDataPage(demoPeople.anna, 'TD3', now);
    const [first, second] = content.mrzLines as [string, string];
    const page = await drawDataPage({
      ...content,
      mrzLines: [first, second.replace('UTO900812', 'UTO9OO812')],
    });
    const reading = await readPhoto(await takePhoto(page, small));
    expect(reading.outcome).not.toBe('read');
    if (reading.outcome !== 'candidates') return;
    expect(reading.candidates[0]!.doubts).toContainEqual(
      expect.objectContaining({ line: 1, column: 14, character: '0', looksLike: 'O' }),
    );
  });
});

/** Photos at and beyond the limit of reading: blur, noise, fading, glare, shadow and slant by chance from a fixed seed. */
async function hardPhoto(seed: number): Promise<{ printed: readonly string[]; photo: Buffer }> {
  const next = seededUniform(seed);
  const people = Object.values(demoPeople);
  const person = people[seed % people.length]!;
  const format = (['TD3', 'TD3', 'TD1', 'TD2', 'MRV-A'] as const)[seed % 5]!;
  const content = sandboxDataPage(person, format, now);
  const page = await drawDataPage(content, {
    ...plainPrint,
    cut: next() < 0.5 ? 'sharp' : 'regular',
    pixelsPerMm: 8,
    extraWeight: 40 * next(),
  });
  const photo = await takePhoto(page, {
    ...plainShot,
    width: 960,
    height: 720,
    seed,
    fill: 0.55 + 0.35 * next(),
    rotation: 24 * (next() - 0.5),
    tiltAcross: 0.35 * (next() - 0.5),
    tiltAlong: 0.35 * (next() - 0.5),
    bulge: 0.03 * next(),
    blur: 1.9 * next(),
    noise: 22 * next(),
    contrast: 1 - 0.75 * next(),
    jpegQuality: 95 - Math.floor(70 * next()),
    glare:
      next() < 0.4
        ? { x: next(), y: 0.6 + 0.3 * next(), radius: 0.1 + 0.1 * next(), strength: 0.9 * next() }
        : null,
    shadow: next() < 0.4 ? { at: next(), strength: 0.8 * next() } : null,
  });
  return { printed: content.mrzLines, photo };
}

describe('beyond the limit of reading', () => {
  it('no wrong zone is ever called read, and every wrong character of a candidate is a named doubt', async () => {
    const outcomes: ZoneReading['outcome'][] = [];
    for (let seed = 1; seed <= 10; seed++) {
      const { printed, photo } = await hardPhoto(seed);
      const reading = await readPhoto(photo);
      outcomes.push(reading.outcome);
      if (reading.outcome === 'read') expect(reading.lines, `seed ${seed}`).toEqual(printed);
      if (reading.outcome === 'unreadable') expect(reading.advice).not.toEqual([]);
      if (reading.outcome === 'candidates') {
        const [candidate] = reading.candidates;
        expect(undoubtedMistakes(candidate!, printed), `seed ${seed}`).toEqual([]);
      }
    }
    // The photos are neither all easy nor all hopeless, or this would prove nothing.
    expect(outcomes.filter((outcome) => outcome === 'read').length).toBeGreaterThan(2);
    expect(outcomes.filter((outcome) => outcome !== 'read').length).toBeGreaterThan(2);
    expect(outcomes).not.toContain('inconsistent');
  }, 60_000);
});

type Candidate = Extract<ZoneReading, { outcome: 'candidates' }>['candidates'][number];

function undoubtedMistakes({ lines, doubts }: Candidate, printed: readonly string[]): string[] {
  return lines.flatMap((text, line) =>
    Array.from(text, (character, column) => ({ character, column }))
      .filter(({ character, column }) => character !== printed[line]?.[column])
      .filter(
        ({ column }) => !doubts.some((doubt) => doubt.line === line && doubt.column === column),
      )
      .map(({ character, column }) => `${line}:${column} ${character}`),
  );
}

describe('pixels that are no photo', () => {
  const size = { width: 640, height: 480 };
  const filled = (value: (at: number) => number): GreyImage => ({
    ...size,
    data: Uint8Array.from({ length: size.width * size.height }, (_, at) => value(at)),
  });
  const noise = seededNoise(5);
  const shapes: Readonly<Record<string, GreyImage>> = {
    'an even grey': filled(() => 128),
    noise: filled(() => 128 + 60 * noise()),
    stripes: filled((at) => ((at >> 3) % 2) * 255),
    'a chessboard': filled((at) => (((at >> 4) + Math.floor(at / (640 * 16))) % 2) * 255),
    'an even grid of dots': filled((at) =>
      at % 16 < 8 && Math.floor(at / 640) % 32 < 8 ? 0 : 255,
    ),
    'a single pixel': { width: 1, height: 1, data: Uint8Array.of(0) },
    'a line one pixel high': { width: 2000, height: 1, data: new Uint8Array(2000) },
    nothing: { width: 0, height: 0, data: new Uint8Array(0) },
  };
  for (const [shape, image] of Object.entries(shapes)) {
    it(`such as ${shape} hold no zone`, () => {
      expect(readZone(image, options)).toMatchObject({ outcome: 'unreadable' });
    });
  }
});
