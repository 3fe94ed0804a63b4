import type { Point } from './ocr-image.ts';
import type { SpotLine } from './ocr-lines.ts';

/** A line of the zone as a curve: where the middle of character `column` lies. Columns of all lines count alike. */
export interface LineCurve {
  x: Polynomial;
  y: Polynomial;
}

/** Coefficients from the constant upwards. */
export type Polynomial = readonly number[];

/** Two or three lines below each other; which way is up is not known yet. */
export interface ZoneGuess {
  curves: readonly LineCurve[];
  /** Columns found, from 0: some at the ends may be missing or may be no characters. */
  columns: number;
  /** Pixels from one character to the next, in the mean. */
  pitch: number;
  /** How many characters were found. */
  found: number;
}

/** Distance of lines, in pitches: 2.5 by Doc 9303, seen at a slant or printed otherwise. */
const SPACING = { least: 1.2, most: 3.6 };
const MOST_TURN = 0.14;

/** What may be a zone, the fullest first. */
export function findZones(lines: readonly SpotLine[]): ZoneGuess[] {
  const stacks = lines.slice(0, 12).flatMap((line) => stacksFrom(line, lines.slice(0, 12)));
  return stacks.map(zoneOf).toSorted((a, b) => b.found - a.found);
}

/** The line with the one below it, and with the one below that. */
function stacksFrom(line: SpotLine, lines: readonly SpotLine[]): SpotLine[][] {
  const second = lines.find((other) => isBelow(line, other));
  if (second === undefined) return [];
  const third = lines.find((other) => other !== line && isBelow(second, other));
  return third === undefined
    ? [[line, second]]
    : [
        [line, second, third],
        [line, second],
      ];
}

function isBelow(upper: SpotLine, lower: SpotLine): boolean {
  const pitch = Math.hypot(upper.stepX, upper.stepY);
  const otherPitch = Math.hypot(lower.stepX, lower.stepY);
  if (upper === lower || pitch / otherPitch > 1.3 || otherPitch / pitch > 1.3) return false;
  const turn = (upper.stepX * lower.stepY - upper.stepY * lower.stepX) / (pitch * otherPitch);
  if (Math.abs(turn) > MOST_TURN) return false;
  const [from, to] = [middleOf(upper), middleOf(lower)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = (dx * upper.stepX + dy * upper.stepY) / (pitch * pitch);
  const across = (dy * upper.stepX - dx * upper.stepY) / (pitch * pitch);
  return across > SPACING.least && across < SPACING.most && Math.abs(along) < 12;
}

function middleOf({ members }: SpotLine): Point {
  const [first, last] = [members[0]!.spot, members.at(-1)!.spot];
  return { x: (first.x + last.x) / 2, y: (first.y + last.y) / 2 };
}

function zoneOf(lines: readonly SpotLine[]): ZoneGuess {
  const reference = lines.toSorted((a, b) => b.members.length - a.members.length)[0]!;
  const shifts = lines.map((line) => shiftOnto(reference, line));
  const first = Math.min(...shifts);
  const last = Math.max(...lines.map((line, at) => shifts[at]! + line.span));
  return {
    curves: lines.map((line, at) => curveOf(line, shifts[at]! - first)),
    columns: last - first,
    pitch: Math.hypot(reference.stepX, reference.stepY),
    found: lines.reduce((sum, { members }) => sum + members.length, 0),
  };
}

/**
 * Which column of the reference the line's first character stands under. Perspective leans the columns over, so the
 * perpendicular may be one off: of the shifts it allows, the one that makes the ends meet best.
 */
function shiftOnto(reference: SpotLine, line: SpotLine): number {
  if (line === reference) return 0;
  const square = reference.stepX ** 2 + reference.stepY ** 2;
  const curve = curveOf(reference, 0);
  const leaning = line.members.map(({ index, spot }) => {
    const origin = { x: valueAt(curve.x, index), y: valueAt(curve.y, index) };
    const dx = spot.x - origin.x;
    const dy = spot.y - origin.y;
    return (dx * reference.stepX + dy * reference.stepY) / square;
  });
  const projected = leaning.reduce((sum, value) => sum + value, 0) / leaning.length;
  const misfit = (shift: number) => {
    const outside = Math.max(0, -shift) + Math.max(0, shift + line.span - reference.span);
    return outside + 0.6 * Math.abs(shift - projected);
  };
  const nearest = Math.round(projected);
  return [nearest - 1, nearest, nearest + 1].reduce((best, shift) =>
    misfit(shift) < misfit(best) ? shift : best,
  );
}

function curveOf({ members, span }: SpotLine, shift: number): LineCurve {
  const degree = span >= 24 ? 3 : 2;
  const columns = members.map(({ index }) => index + shift);
  return {
    x: fitted(columns, members.map(({ spot }) => spot.x), degree), // prettier-ignore
    y: fitted(columns, members.map(({ spot }) => spot.y), degree), // prettier-ignore
  };
}

/** Least squares, then once more without the values that lie far off. */
export function fitted(at: readonly number[], values: readonly number[], degree: number): number[] {
  const first = leastSquares(at, values, degree);
  const misses = values.map((value, index) => Math.abs(value - valueAt(first, at[index]!)));
  const limit = 2.5 * (misses.toSorted((a, b) => a - b)[misses.length >> 1]! + 0.2);
  const kept = misses
    .map((miss, index) => (miss <= limit ? index : -1))
    .filter((index) => index >= 0);
  if (kept.length <= degree + 2) return first;
  return leastSquares(
    kept.map((index) => at[index]!),
    kept.map((index) => values[index]!),
    degree,
  );
}

/** Normal equations, columns scaled to about ±1 for their condition. */
function leastSquares(at: readonly number[], values: readonly number[], degree: number): number[] {
  const size = degree + 1;
  const scale = 40;
  const rows = Array.from({ length: size }, () => new Float64Array(size + 1));
  for (const [index, value] of values.entries()) {
    const powers = powersOf(at[index]! / scale, size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        rows[row]![column]! += powers[row]! * powers[column]!;
      }
      rows[row]![size]! += powers[row]! * value;
    }
  }
  return solved(rows).map((coefficient, power) => coefficient / scale ** power);
}

function powersOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, power) => value ** power);
}

/** Gauss and Jordan, with pivots. */
function solved(rows: Float64Array[]): number[] {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const divisor = rows[column]![column]! || 1e-12;
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / divisor;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  return rows.map((row, at) => row[size]! / (row[at]! || 1e-12));
}

export function valueAt(polynomial: Polynomial, at: number): number {
  return polynomial.reduceRight((value, coefficient) => value * at + coefficient, 0);
}

export function slopeAt(polynomial: Polynomial, at: number): number {
  return (valueAt(polynomial, at + 0.5) - valueAt(polynomial, at - 0.5)) / 1;
}
