import type { FoundZones } from './ocr-find-zone.ts';
import { valueAt, type LineCurve, type ZoneGuess } from './ocr-zone.ts';
import type { ReadCharacter } from './ocr-characters.ts';
import { brightnessAt, smoothed, type GreyImage, type Point } from './ocr-image.ts';
import type { SpotLine } from './ocr-lines.ts';

/** Why a zone could not be read, which is what to do about it. */
export type Advice = 'no_zone' | 'cut_edge' | 'too_small' | 'blur' | 'glare' | 'shadow' | 'unclear';

/** What to tell whoever holds the camera. */
export const adviceTexts: Readonly<Record<Advice, string>> = {
  no_zone:
    'No machine-readable zone was found: show the whole page, with the two or three lines of <<<, filling the picture.',
  cut_edge: 'The lines run out of the picture: move back until the whole page is in it.',
  too_small: 'The characters are too small: move closer until the page fills the picture.',
  blur: 'The picture is not sharp: hold still, tap the lines to focus, use more light.',
  glare: 'Light is reflected on the lines: tilt the page or turn off the flash.',
  shadow: 'A shadow lies on the lines: light the page evenly.',
  unclear: 'Some characters cannot be read: uncover and clean the lines, lay the page flat.',
};

/** Pixels from one character to the next that reading needs. */
export const LEAST_PITCH = 10;
/** Blur of the characters, in 24ths of their pitch. */
const BLURRED = 3;
const SATURATED = 250;
const DARK = 16;
/** Of a step in brightness of eight pixels, the part that a sharp picture takes within one. */
const SHARP_STEP = 0.22;

/** No zone of 44 characters fits into a smaller picture at a pitch that can be read. */
const LEAST_SIDE = 44 * LEAST_PITCH;

/** Where no zone was found. */
export function adviceWithoutZone(image: GreyImage, { longest }: FoundZones): Advice[] {
  if (Math.max(image.width, image.height) < LEAST_SIDE) return ['too_small'];
  const advice: Advice[] = [];
  if (longest !== null && isTiny(longest)) advice.push('too_small');
  if (longest !== null && runsOut(image, longest)) advice.push('cut_edge');
  if (shareOf(image, (value) => value < DARK) > 0.25) advice.push('shadow');
  if (sharpness(image) < SHARP_STEP) advice.push('blur');
  else if (shareOf(image, (value) => value >= SATURATED) > 0.02) advice.push('glare');
  return advice.length === 0 || longest === null ? [...advice, 'no_zone'] : advice;
}

/** Letters in a row, too close to each other to be told apart. */
function isTiny({ members, stepX, stepY }: SpotLine): boolean {
  return members.length >= 12 && Math.hypot(stepX, stepY) < LEAST_PITCH;
}

/** Where what was found of a zone is too short or too long: what lies beyond its ends tells why. */
export function adviceOnPart(image: GreyImage, guess: ZoneGuess): Advice[] {
  const { columns, pitch } = guess;
  const isInside = ({ x, y }: Point) => x > 0 && y > 0 && x < image.width && y < image.height;
  const around = guess.curves.flatMap((curve) =>
    Array.from({ length: columns + 10 }, (_, at) => pointAt(curve, at - 5)),
  );
  const lit = around.filter(isInside).map(({ x, y }) => brightnessAt(image, x, y));
  const brightest = Math.max(0, ...lit);
  const advice: Advice[] = [];
  if (!neighboursOf(guess).every(isInside)) advice.push('cut_edge');
  if (pitch < LEAST_PITCH) advice.push('too_small');
  if (sharpness(image) < SHARP_STEP) advice.push('blur');
  else if (brightest >= SATURATED && brightest > paperOf(image, guess) + 4) advice.push('glare');
  return advice.length === 0 ? ['unclear'] : advice;
}

/** Where the next characters would be, and the third line of a card of which two were found. */
function neighboursOf({ curves, columns }: ZoneGuess): Point[] {
  const ends = curves.flatMap((curve) => [pointAt(curve, -2), pointAt(curve, columns + 1)]);
  if (curves.length !== 2 || columns > 33 || columns < 27) return ends;
  const [upper, lower] = curves.map((curve) => pointAt(curve, columns / 2)) as [Point, Point];
  const step = { x: lower.x - upper.x, y: lower.y - upper.y };
  return [
    ...ends,
    { x: upper.x - step.x, y: upper.y - step.y },
    { x: lower.x + step.x, y: lower.y + step.y },
  ];
}

function pointAt({ x, y }: LineCurve, column: number): Point {
  return { x: valueAt(x, column), y: valueAt(y, column) };
}

/** How bright the paper between the characters is: most of a line is paper. */
function paperOf(image: GreyImage, { curves, columns }: ZoneGuess): number {
  const seen = curves.flatMap(({ x, y }) =>
    Array.from({ length: 4 * columns }, (_, at) =>
      brightnessAt(image, valueAt(x, at / 4), valueAt(y, at / 4)),
    ),
  );
  return seen.toSorted((a, b) => a - b)[seen.length >> 1]!;
}

/** Where a zone was found, but not all of it could be read. */
export function adviceOnZone(zone: {
  characters: readonly ReadCharacter[];
  doubtful: readonly ReadCharacter[];
  pitch: number;
  blur: number;
  cut: boolean;
}): Advice[] {
  const { characters, doubtful, pitch, blur, cut } = zone;
  const contrast = median(characters.map((one) => one.contrast));
  const mean = median(characters.map((one) => one.mean));
  const faint = doubtful.filter((one) => one.contrast < 0.7 * contrast);
  const advice: Advice[] = [];
  if (cut) advice.push('cut_edge');
  if (pitch < LEAST_PITCH) advice.push('too_small');
  // Blur washes characters out as well.
  if (blur >= BLURRED) advice.push('blur');
  else if (faint.some((one) => one.mean > mean + 12)) advice.push('glare');
  if (faint.some((one) => one.mean < 0.75 * mean)) advice.push('shadow');
  return advice.length === 0 ? ['unclear'] : advice;
}

/** An end of the line, or where the lines next to it would be, lies at the picture's edge. */
function runsOut({ width, height }: GreyImage, { members, stepX, stepY }: SpotLine): boolean {
  const pitch = Math.hypot(stepX, stepY);
  const atEdge = (x: number, y: number, reach: number) =>
    x < reach || y < reach || x > width - reach || y > height - reach;
  const ends = [members[0]!.spot, members.at(-1)!.spot];
  const middle = { x: (ends[0]!.x + ends[1]!.x) / 2, y: (ends[0]!.y + ends[1]!.y) / 2 };
  return (
    ends.some(({ x, y }) => atEdge(x, y, 1.5 * pitch)) || atEdge(middle.x, middle.y, 3 * pitch)
  );
}

/** Strong steps of brightness over one pixel to those over eight: nearly 1 in a sharp picture, an eighth in a blurred one. */
function sharpness(image: GreyImage): number {
  const { width, height, data } = smoothed(image);
  const near = new Uint32Array(256);
  const far = new Uint32Array(256);
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x + 8 < width; x++) {
      const at = y * width + x;
      near[Math.abs(data[at]! - data[at + 1]!)]! += 1;
      far[Math.abs(data[at]! - data[at + 8]!)]! += 1;
    }
  }
  return (strong(near) + 1) / (strong(far) + 1);
}

/** The value that one in 200 exceeds. */
function strong(counts: Uint32Array): number {
  const limit = counts.reduce((sum, count) => sum + count, 0) / 200;
  let above = 0;
  for (let value = 255; value > 0; value--) {
    above += counts[value]!;
    if (above >= limit) return value;
  }
  return 0;
}

function shareOf({ data }: GreyImage, counts: (value: number) => boolean): number {
  let count = 0;
  for (const value of data) if (counts(value)) count += 1;
  return count / data.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
