import sharp from 'sharp';

/** A drawn portrait (draw-portrait.ts) as a matcher of drawings sees it: colours at places of its face. */
export interface Look {
  /** Red, green, blue of each place. */
  places: readonly (readonly number[])[];
}

const WIDTH = 413;
const HEIGHT = 531;
const SIDE = 10;

/** Centres of the places, in the drawing's own measures: what differs from one drawn person to the next. */
const PLACES = {
  background: [
    [24, 60],
    [389, 60],
  ],
  hair: [
    [206, 112],
    [108, 300],
    [305, 300],
    [100, 400],
  ],
  skin: [
    [206, 205],
    [150, 292],
    [262, 292],
  ],
  glasses: [
    [142, 247],
    [271, 247],
  ],
  clothes: [
    [120, 500],
    [300, 500],
  ],
} as const;
const EYES = [
  { pupil: [168, 245], white: [155, 246] },
  { pupil: [245, 245], white: [232, 246] },
] as const;

/**
 * The look of a drawn portrait, or null where the picture is of something else: a photo of a real face, a wall, a test
 * pattern. A camera page cuts the sides a little; the middle is what is looked at.
 */
export async function readLook(picture: Buffer): Promise<Look | null> {
  const { data, info } = await sharp(picture)
    .resize({ width: WIDTH, height: HEIGHT, fit: 'cover' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const grid: Grid = { data, channels: info.channels };
  if (!hasFace(grid)) return null;
  return { places: Object.values(PLACES).flatMap((all) => all.map((at) => meanAt(grid, at))) };
}

/** How alike two looks are, 0 to 1: colours of one person differ by light and compression alone. */
export function similarityOf(one: Look, other: Look): number {
  const distances = one.places.map((place, index) => distance(place, other.places[index]!));
  const worst = distances.toSorted((a, b) => b - a).slice(0, 4);
  const mean = worst.reduce((sum, value) => sum + value, 0) / worst.length;
  return Math.round(Math.max(0, 1 - mean / FARTHEST) * 1000) / 1000;
}

/** Mean distance of the four places that differ most at which two looks have nothing in common. */
const FARTHEST = 250;

interface Grid {
  data: Buffer;
  channels: number;
}

/** Two eyes, dark in the middle of white, in skin of one colour. */
function hasFace(grid: Grid): boolean {
  const skin = PLACES.skin.map((at) => meanAt(grid, at));
  if (skin.some((place) => distance(place, skin[0]!) > 70)) return false;
  if (PLACES.skin.some((at) => spreadAt(grid, at) > 20)) return false;
  return EYES.every(
    ({ pupil, white }) => greyAt(grid, pupil, 2) < 110 && greyAt(grid, white, 2) > 150,
  );
}

type At = readonly [number, number];

function pixels({ data, channels }: Grid, [x, y]: At, side: number): number[][] {
  const found: number[][] = [];
  for (let row = y - side; row <= y + side; row += 1)
    for (let column = x - side; column <= x + side; column += 1) {
      const at = (row * WIDTH + column) * channels;
      found.push([data[at]!, data[at + 1]!, data[at + 2]!]);
    }
  return found;
}

function meanAt(grid: Grid, at: At, side = SIDE / 2): number[] {
  const all = pixels(grid, at, side);
  return [0, 1, 2].map((part) => all.reduce((sum, pixel) => sum + pixel[part]!, 0) / all.length);
}

function greyAt(grid: Grid, at: At, side: number): number {
  const [red, green, blue] = meanAt(grid, at, side);
  return 0.299 * red! + 0.587 * green! + 0.114 * blue!;
}

function spreadAt(grid: Grid, at: At): number {
  const mean = meanAt(grid, at);
  const all = pixels(grid, at, SIDE / 2);
  return all.reduce((sum, pixel) => sum + distance(pixel, mean), 0) / all.length;
}

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.hypot(...one.map((value, part) => value - other[part]!));
}
