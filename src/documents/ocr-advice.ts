import type { FoundZones } from './ocr-find-zone.ts';
import type { ReadCharacter } from './ocr-characters.ts';
import { smoothed, type GreyImage } from './ocr-image.ts';
import type { SpotLine } from './ocr-lines.ts';

/** Why a zone could not be read, which is what to do about it. */
export type Advice = 'no_zone' | 'cut_edge' | 'too_small' | 'blur' | 'glare' | 'shadow' | 'unclear';

/** What to tell whoever holds the camera. */
export const adviceTexts: Readonly<Record<Advice, string>> = {
  no_zone:
    'No machine-readable zone was found: show the whole page with the two or three lines of <<< on it.',
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
/** Of a step in brightness of eight pixels, the part that a sharp picture takes within one. */
const SHARP_STEP = 0.22;

/** Where no zone was found. */
export function adviceWithoutZone(image: GreyImage, { longest }: FoundZones): Advice[] {
  const advice: Advice[] = [];
  const blurred = sharpness(image) < SHARP_STEP;
  if (longest !== null && runsOut(image, longest)) advice.push('cut_edge');
  if (blurred) advice.push('blur');
  else if (saturatedShare(image) > 0.02) advice.push('glare');
  if (longest === null || advice.length === 0) advice.push('no_zone');
  return advice;
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
  if (faint.some((one) => one.mean > mean + 12)) advice.push('glare');
  if (faint.some((one) => one.mean < 0.75 * mean)) advice.push('shadow');
  if (blur >= BLURRED) advice.push('blur');
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

function saturatedShare({ data }: GreyImage): number {
  let count = 0;
  for (const value of data) if (value >= SATURATED) count += 1;
  return count / data.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
