import { glyphHeight, glyphWidth } from './ocr-glyphs.ts';
import { brightnessAt, type GreyImage, type Point } from './ocr-image.ts';
import {
  dot,
  slopeX,
  slopeY,
  templatePixels,
  zoneCharacters,
  type TemplateSet,
} from './ocr-templates.ts';
import { slopeAt, valueAt, type LineCurve } from './ocr-zone.ts';

/** Where the zone lies, which way it is up, how high its characters are. */
export interface ZoneFrame {
  /** From the top line to the bottom one, columns in reading direction. */
  curves: readonly LineCurve[];
  columns: number;
  /** Height of the characters, 1 where lines are 2.5 pitches apart. */
  stretch: number;
}

/** One character's place, straightened: wider and higher than a template by `MARGIN` on each side. */
export interface Cell {
  pixels: Float32Array;
  /** The way that one pixel of the template goes on the image, rightwards and downwards. */
  right: Point;
  down: Point;
  centre: Point;
  /** Some of it lies beyond the image. */
  cut: boolean;
}

export interface CellMatch {
  /** Correlation of each character at its best place. */
  scores: Float32Array;
  best: number;
  /** Where the best character stands, in pixels of the template from the middle. */
  offset: Point;
  /** Of the whole cell, in octets of brightness. */
  mean: number;
  contrast: number;
}

const MARGIN = 4;
const CELL_WIDTH = glyphWidth + 2 * MARGIN;
const CELL_HEIGHT = glyphHeight + 2 * MARGIN;
/** Doc 9303: lines are 6.35 mm apart, characters 2.54 mm. */
const SPACING_PITCHES = 2.5;

export function cellOf(image: GreyImage, frame: ZoneFrame, line: number, column: number): Cell {
  const curve = frame.curves[line]!;
  const other = frame.curves[line === 0 ? 1 : line - 1]!;
  const sign = line === 0 ? 1 : -1;
  const centre = { x: valueAt(curve.x, column), y: valueAt(curve.y, column) };
  const right = {
    x: slopeAt(curve.x, column) / glyphWidth,
    y: slopeAt(curve.y, column) / glyphWidth,
  };
  const scale = (sign * frame.stretch) / (SPACING_PITCHES * glyphWidth);
  const down = {
    x: (valueAt(other.x, column) - centre.x) * scale,
    y: (valueAt(other.y, column) - centre.y) * scale,
  };
  const pixels = new Float32Array(CELL_WIDTH * CELL_HEIGHT);
  for (let row = 0; row < CELL_HEIGHT; row++) {
    const v = row - CELL_HEIGHT / 2 + 0.5;
    for (let at = 0; at < CELL_WIDTH; at++) {
      const u = at - CELL_WIDTH / 2 + 0.5;
      const x = centre.x + u * right.x + v * down.x;
      const y = centre.y + u * right.y + v * down.y;
      pixels[row * CELL_WIDTH + at] = brightnessAt(image, x, y);
    }
  }
  const reach = glyphWidth / 2;
  const corners = [-reach, reach].map((u) => centre.x + u * right.x);
  const cut =
    corners.some((x) => x < 0 || x > image.width) ||
    [-reach, reach].some((v) => {
      const y = centre.y + v * down.y;
      return y < 0 || y > image.height;
    });
  return { pixels, right, down, centre, cut };
}

export interface Search {
  /** Offsets are tried up to so many pixels each way, in such steps. */
  reach: number;
  step: number;
  /** Saves time where only the best character counts: after a first look, so many characters are tried at the other offsets. */
  shortlist?: number;
}

/** A first look is taken at offsets so far apart. */
const FIRST_LOOK = 4;
const everyCharacter = Array.from(zoneCharacters, (_, at) => at);

/** Tries the characters at the offsets of the search. */
export function matchCell(cell: Cell, set: TemplateSet, search: Search): CellMatch {
  const scores = new Float32Array(set.templates.length).fill(-1);
  const match: CellMatch = { scores, best: 0, offset: { x: 0, y: 0 }, mean: 0, contrast: 0 };
  const offsets = offsetsOf(search);
  const isFirstLook = ({ x, y }: Point) => x % FIRST_LOOK === 0 && y % FIRST_LOOK === 0;
  if (search.shortlist === undefined) tryAt(cell, set, offsets, everyCharacter, match);
  else {
    tryAt(cell, set, offsets.filter(isFirstLook), everyCharacter, match);
    const sorted = everyCharacter.toSorted((a, b) => scores[b]! - scores[a]!);
    const others = offsets.filter((offset) => !isFirstLook(offset));
    tryAt(cell, set, others, sorted.slice(0, search.shortlist), match);
  }
  return match;
}

function offsetsOf({ reach, step }: Search): Point[] {
  const steps = Array.from(
    { length: Math.floor((2 * reach) / step) + 1 },
    (_, at) => at * step - reach,
  );
  return steps.flatMap((y) => steps.map((x) => ({ x, y })));
}

function tryAt(
  cell: Cell,
  set: TemplateSet,
  offsets: readonly Point[],
  characters: readonly number[],
  match: CellMatch,
): void {
  const { scores } = match;
  for (const { x, y } of offsets) {
    const { mean, deviation, length } = cutWindow(cell.pixels, x, y, window);
    if (x === 0 && y === 0) Object.assign(match, { mean, contrast: deviation });
    for (const character of characters) {
      const score = dot(window, set.templates[character]!) / (length + 1e-6);
      if (score <= scores[character]!) continue;
      scores[character] = score;
      if (score > scores[match.best]! || character === match.best) {
        match.best = character;
        match.offset = { x, y };
      }
    }
  }
}

/** Filled and read within one step; there is one of them because thousands would be made. */
const window = new Float32Array(templatePixels);

/**
 * Copies the window at an offset; tells its mean, its deviation, and the length of what is left when the mean and an even slope of
 * light are taken out, as they are from the templates.
 */
function cutWindow(pixels: Float32Array, x: number, y: number, window: Float32Array) {
  let [sum, squares, across, along, to] = [0, 0, 0, 0, 0];
  for (let row = 0; row < glyphHeight; row++) {
    let from = (row + MARGIN + y) * CELL_WIDTH + MARGIN + x;
    let rowSum = 0;
    for (let at = 0; at < glyphWidth; at++) {
      const value = pixels[from++]!;
      window[to++] = value;
      rowSum += value;
      squares += value * value;
      across += value * slopeX[at]!;
    }
    sum += rowSum;
    along += rowSum * slopeY[row]!;
  }
  const mean = sum / templatePixels;
  const spread = Math.max(0, squares - sum * mean);
  const slope = (across * across) / glyphHeight + (along * along) / glyphWidth;
  return {
    mean,
    deviation: Math.sqrt(spread / templatePixels),
    length: Math.sqrt(Math.max(0, spread - slope)),
  };
}
