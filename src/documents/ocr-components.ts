import { smoothed, type GreyImage } from './ocr-image.ts';

/** A connected spot of ink: the middle and size of the box around it, in pixels. */
export interface InkSpot {
  x: number;
  y: number;
  width: number;
  height: number;
  area: number;
}

const BLOCK = 8;
/** Ink is judged against its neighbourhood, so that shadows and slow changes of light do not matter: blocks each way. */
const NEIGHBOURHOOD = 4;
/** And by this much at least. */
const LEAST_CONTRAST = 7;
/** Sides of what can be a character. */
const LEAST_SIZE = 5;
const GREATEST_SIZE = 90;
/** No picture of a page has more; what has more is texture or made to hold us up. */
const MOST_SPOTS = 40_000;

/** What counts as ink. */
export interface InkRule {
  /** Darker than the neighbourhood's mean by this part of its deviation: more parts characters that blur has joined. */
  deviations: number;
  /** How often the picture is smoothed first: more closes strokes that noise has broken. */
  smoothings: number;
}

/** Spots of the size of a character, or null where the picture is nothing but spots. */
export function inkSpots(image: GreyImage, { deviations, smoothings }: InkRule): InkSpot[] | null {
  let even = image;
  for (let done = 0; done < smoothings; done++) even = smoothed(even);
  return spotsOf(even, inkLevels(even, deviations));
}

interface InkLevels {
  columns: number;
  levels: Uint8Array;
}

/** For each block of pixels the brightness below which a pixel counts as ink. */
function inkLevels({ width, height, data }: GreyImage, deviations: number): InkLevels {
  const [columns, rows] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
  const [count, sum, squares] = [0, 1, 2].map(() => new Float64Array((columns + 1) * (rows + 1)));
  const stride = columns + 1;
  for (let y = 0; y < height; y++) {
    const row = ((y >> 3) + 1) * stride + 1;
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!;
      const block = row + (x >> 3);
      count![block]! += 1;
      sum![block]! += value;
      squares![block]! += value * value;
    }
  }
  for (const table of [count!, sum!, squares!]) accumulate(table, stride);
  const levels = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = around(row, rows);
    for (let column = 0; column < columns; column++) {
      const [left, right] = around(column, columns);
      const total = (table: Float64Array) =>
        table[bottom * stride + right]! -
        table[top * stride + right]! -
        table[bottom * stride + left]! +
        table[top * stride + left]!;
      const pixels = total(count!);
      const mean = total(sum!) / pixels;
      const deviation = Math.sqrt(Math.max(0, total(squares!) / pixels - mean * mean));
      const below = Math.max(LEAST_CONTRAST, deviations * deviation);
      levels[row * columns + column] = Math.max(0, mean - below);
    }
  }
  return { columns, levels };
}

function around(at: number, length: number): [number, number] {
  return [Math.max(0, at - NEIGHBOURHOOD), Math.min(length, at + NEIGHBOURHOOD + 1)];
}

/** Turns a table into sums over everything above and left. */
function accumulate(table: Float64Array, stride: number): void {
  for (let at = stride; at < table.length; at++) {
    const corner = at % stride === 0 ? 0 : table[at - 1]! - table[at - stride - 1]!;
    table[at]! += table[at - stride]! + corner;
  }
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
  area: number;
}

/** Joins runs of ink in neighbouring rows (corners touch too). */
function spotsOf(image: GreyImage, ink: InkLevels): InkSpot[] | null {
  const boxes: Box[] = [];
  const parents: number[] = [];
  const rootOf = (label: number) => {
    let root = label;
    while (parents[root] !== root) root = parents[root]!;
    parents[label] = root;
    return root;
  };
  let above: number[] = [];
  for (let y = 0; y < image.height; y++) {
    const runs = runsOf(image, ink, y);
    let from = 0;
    for (let run = 0; run < runs.length; run += 3) {
      const [left, right] = [runs[run]!, runs[run + 1]!];
      while (from < above.length && above[from + 1]! < left) from += 3;
      let label = -1;
      for (let over = from; over < above.length && above[over]! <= right; over += 3) {
        const other = rootOf(above[over + 2]!);
        if (label === -1) label = other;
        else if (other !== label) {
          parents[other] = label;
          merge(boxes[label]!, boxes[other]!);
        }
      }
      const box = { left, top: y, right, bottom: y + 1, area: right - left };
      if (label === -1) {
        label = parents.push(parents.length) - 1;
        boxes.push(box);
      } else merge(boxes[label]!, box);
      runs[run + 2] = label;
    }
    above = runs;
  }
  const spots = boxes.filter((box, label) => parents[label] === label && mayBeCharacter(box));
  return spots.length > MOST_SPOTS ? null : spots.map(spotOf);
}

/** Start, end and (to be filled) label of each run. */
function runsOf({ width, data }: GreyImage, { columns, levels }: InkLevels, y: number): number[] {
  const runs: number[] = [];
  const row = y * width;
  const levelRow = (y >> 3) * columns;
  let start = -1;
  for (let x = 0; x < width; x++) {
    const dark = data[row + x]! < levels[levelRow + (x >> 3)]!;
    if (dark && start === -1) start = x;
    else if (!dark && start !== -1) {
      runs.push(start, x, -1);
      start = -1;
    }
  }
  if (start !== -1) runs.push(start, width, -1);
  return runs;
}

function merge(into: Box, box: Box): void {
  into.left = Math.min(into.left, box.left);
  into.top = Math.min(into.top, box.top);
  into.right = Math.max(into.right, box.right);
  into.bottom = Math.max(into.bottom, box.bottom);
  into.area += box.area;
}

function mayBeCharacter({ left, top, right, bottom, area }: Box): boolean {
  const [width, height] = [right - left, bottom - top];
  const size = Math.max(width, height);
  return size >= LEAST_SIZE && size <= GREATEST_SIZE && area >= 0.1 * width * height && area >= 8;
}

function spotOf({ left, top, right, bottom, area }: Box): InkSpot {
  const [width, height] = [right - left, bottom - top];
  return { x: (left + right) / 2, y: (top + bottom) / 2, width, height, area };
}
