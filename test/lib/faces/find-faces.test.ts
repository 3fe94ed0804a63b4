import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../../src/dev/demo-people.ts';
import { drawPortrait } from '../../../src/dev/passport-maker/draw-portrait.ts';
import { readPortrait } from '../../../src/documents/lds-portrait.ts';
import { findFaces } from '../../../src/lib/faces/find-faces.ts';
import { toDisplayJpeg } from '../../../src/lib/portrait-image.ts';

const vectors = new URL('../../../../shared/vectors/', import.meta.url);
/** The portraits of real chips that show a person. */
const REAL = [
  'bsi-tr03105-5/Datagroup2.bin',
  'bsi2008-brainpoolP224r1/Datagroup2.bin',
  'loes2006-nl-specimen/ef0102.bin',
  'dgs/ICAO_39794_5_AP_DG2_MandFields.dat',
];
/** One that holds a word instead. */
const WORDMARK = 'dgs/DG2_19794_doc9303-10.bin';

async function portraitOf(name: string): Promise<Buffer> {
  const { bytes } = readPortrait(readFileSync(new URL(name, vectors)));
  const shown = await toDisplayJpeg(bytes, { maxPixels: 40_000_000, maxEdge: 1600 });
  if (!shown.ok) throw new Error(`${name}: ${shown.reason}`);
  return shown.jpeg;
}

/** Faces on a wall of one colour: each as high as it says, its left edge where it says. */
async function onWall(
  faces: readonly { picture: Buffer; height: number; left: number }[],
): Promise<Buffer> {
  const wall = { width: 1280, height: 960, channels: 3 as const, background: '#9aa' };
  const placed = faces.map(async ({ picture, height, left }) => ({
    input: await sharp(picture).resize({ height }).toBuffer(),
    left,
    top: 120,
  }));
  return sharp({ create: wall })
    .composite(await Promise.all(placed))
    .jpeg()
    .toBuffer();
}

async function countFaces(picture: Buffer): Promise<number> {
  const found = await findFaces(picture);
  if (!found.ok) throw new Error(found.reason);
  return found.faces.length;
}

const anna = await drawPortrait(demoPeople.anna.look);
const mai = await drawPortrait(demoPeople.mai.look);

describe('looking for faces', () => {
  it('finds one, where it is, in the portrait of each demo person', async () => {
    for (const { look } of Object.values(demoPeople)) {
      const found = await findFaces(await drawPortrait(look));
      if (!found.ok) throw new Error(found.reason);
      expect(found.faces).toHaveLength(1);
      const [{ left, top, width, height, eyesApart, score }] = found.faces as [
        (typeof found.faces)[number],
      ];
      // As they are drawn: eyes at 168 and 245 across, 245 down, of 413 × 531.
      expect(eyesApart).toBeGreaterThan(60);
      expect(eyesApart).toBeLessThan(95);
      expect(Math.abs(left + width / 2 - 206)).toBeLessThan(25);
      expect(top).toBeLessThan(245);
      expect(top + height).toBeGreaterThan(320);
      expect(score).toBeGreaterThan(0.7);
    }
  });

  it('finds it turned by 30 degrees, in little light and blurred', async () => {
    const turned = await sharp(anna).rotate(30, { background: '#9aa' }).jpeg().toBuffer();
    const dark = await sharp(anna).linear(0.3).jpeg().toBuffer();
    const blurred = await sharp(anna).blur(5).jpeg().toBuffer();
    for (const picture of [turned, dark, blurred]) expect(await countFaces(picture)).toBe(1);
  });

  it('finds both where there are two', async () => {
    const two = await onWall([
      { picture: anna, height: 700, left: 40 },
      { picture: mai, height: 700, left: 660 },
    ]);
    expect(await countFaces(two)).toBe(2);
  });

  it('finds none in a wall, in coloured shapes, in noise, and in a face far away', async () => {
    const shapes = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#dde"/><circle cx="200" cy="200" r="120" fill="#c96"/><rect x="380" y="60" width="160" height="300" fill="#369"/></svg>',
    );
    let seed = 1;
    const noise = Buffer.alloc(640 * 480 * 3).map(() => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed & 0xff;
    });
    const raw = { width: 640, height: 480, channels: 3 as const };
    const pictures = [
      await onWall([]),
      await sharp(shapes).jpeg().toBuffer(),
      await sharp(noise, { raw }).jpeg().toBuffer(),
      await onWall([{ picture: anna, height: 130, left: 500 }]),
    ];
    for (const picture of pictures) expect(await countFaces(picture)).toBe(0);
  });

  it('says of bytes that are no picture that it can read none', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('no picture'), anna.subarray(0, 200)])
      expect(await findFaces(bytes)).toEqual({ ok: false, reason: 'undecodable' });
  });

  it('looks at many at once, one after the other, and leaves what is too many', async () => {
    const all = await Promise.all(Array.from({ length: 18 }, () => findFaces(mai)));
    expect(all.filter(({ ok }) => ok)).toHaveLength(16);
    expect(all.slice(16)).toEqual(
      Array.from({ length: 2 }, () => ({ ok: false, reason: 'unavailable' })),
    );
  });

  describe.skipIf(!existsSync(vectors))('in the portraits of real chips', () => {
    it.each(REAL)('finds one in %s', async (name) => {
      expect(await countFaces(await portraitOf(name))).toBe(1);
    });

    it('finds none in one that holds a word', async () => {
      expect(await countFaces(await portraitOf(WORDMARK))).toBe(0);
    });
  });
});
