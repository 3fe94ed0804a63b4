import type { InkSpot } from './ocr-components.ts';

/** Spots at even distances: a line of characters of one pitch. Index 0 is the first spot; missed characters leave gaps. */
export interface SpotLine {
  members: readonly { index: number; spot: InkSpot }[];
  /** Characters from the first to the last, gaps counted. */
  span: number;
  /** Mean step from one character to the next, in pixels. */
  stepX: number;
  stepY: number;
}

/** No zone has shorter lines than 30; a third of a line may be lost before we give it up. */
const LEAST_MEMBERS = 16;
const LEAST_FOUND = 0.6;
/** A step is this part of a character's size, seen from whatever side. */
const STEP_TO_SIZE = { least: 0.6, most: 1.8 };
/** How far from where it is expected the next character may be, as a part of the step. */
const TOLERANCE = 0.3;
const MOST_GAPS = 3;
const MOST_SPAN = 52;

/** All lines of evenly spaced spots in any direction, the longest first. A spot belongs to one line. */
export function findLines(spots: readonly InkSpot[]): SpotLine[] {
  const grid = new SpotGrid(spots);
  const taken = new Set<InkSpot>();
  const lines: SpotLine[] = [];
  for (const seed of spots) {
    if (taken.has(seed)) continue;
    const best = longestFrom(seed, grid, taken);
    if (best === null) continue;
    lines.push(best);
    for (const { spot } of best.members) taken.add(spot);
  }
  return lines.toSorted((a, b) => b.members.length - a.members.length);
}

function longestFrom(seed: InkSpot, grid: SpotGrid, taken: ReadonlySet<InkSpot>): SpotLine | null {
  const size = sizeOf(seed);
  let best: SpotLine | null = null;
  for (const next of grid.near(seed.x, seed.y, size * STEP_TO_SIZE.most)) {
    // Each direction is tried from one side only: the line is followed both ways.
    if (next.x < seed.x || (next.x === seed.x && next.y <= seed.y) || taken.has(next)) continue;
    const distance = Math.hypot(next.x - seed.x, next.y - seed.y);
    if (distance < size * STEP_TO_SIZE.least || !alike(seed, next)) continue;
    const line = followBothWays(seed, next, grid, taken);
    if (line !== null && line.members.length > (best?.members.length ?? 0)) best = line;
  }
  return best;
}

type Member = { index: number; spot: InkSpot };

function followBothWays(
  seed: InkSpot,
  next: InkSpot,
  grid: SpotGrid,
  taken: ReadonlySet<InkSpot>,
): SpotLine | null {
  const forth: Member[] = [
    { index: 0, spot: seed },
    { index: 1, spot: next },
  ];
  follow(forth, grid, taken);
  if (forth.length < 4) return null;
  const back = forth.slice(0, 6).toReversed();
  const known = back.length;
  follow(back, grid, taken);
  const members = [...back.slice(known).toReversed(), ...forth];
  const [first, last] = [members[0]!, members.at(-1)!];
  const span = last.index - first.index + 1;
  if (members.length < LEAST_MEMBERS || members.length < span * LEAST_FOUND) return null;
  return {
    members: members.map(({ index, spot }) => ({ index: index - first.index, spot })),
    span,
    stepX: (last.spot.x - first.spot.x) / (span - 1),
    stepY: (last.spot.y - first.spot.y) / (span - 1),
  };
}

/** Goes on from the last two members in their direction, the step measured over the last few: it changes with perspective. */
function follow(members: Member[], grid: SpotGrid, taken: ReadonlySet<InkSpot>): void {
  const start = members[0]!.index;
  const direction = Math.sign(members.at(-1)!.index - start);
  let gaps = 0;
  while (gaps <= MOST_GAPS) {
    const last = members.at(-1)!;
    if (Math.abs(last.index - start) > MOST_SPAN) return;
    const anchor = members[Math.max(0, members.length - 7)]!;
    const steps = Math.abs(last.index - anchor.index);
    const stepX = (last.spot.x - anchor.spot.x) / steps;
    const stepY = (last.spot.y - anchor.spot.y) / steps;
    const x = last.spot.x + stepX * (gaps + 1);
    const y = last.spot.y + stepY * (gaps + 1);
    const reach = Math.hypot(stepX, stepY) * TOLERANCE;
    const spot = nearest(
      grid.near(x, y, reach),
      x,
      y,
      (one) => !taken.has(one) && alike(last.spot, one),
    );
    if (spot === null) gaps += 1;
    else {
      members.push({ index: last.index + direction * (gaps + 1), spot });
      gaps = 0;
    }
  }
}

function nearest(
  spots: Iterable<InkSpot>,
  x: number,
  y: number,
  accept: (spot: InkSpot) => boolean,
): InkSpot | null {
  let best: InkSpot | null = null;
  let least = Infinity;
  for (const spot of spots) {
    const distance = Math.hypot(spot.x - x, spot.y - y);
    if (distance >= least || !accept(spot)) continue;
    best = spot;
    least = distance;
  }
  return best;
}

function sizeOf({ width, height }: InkSpot): number {
  return Math.max(width, height);
}

function alike(a: InkSpot, b: InkSpot): boolean {
  const ratio = sizeOf(a) / sizeOf(b);
  return ratio > 0.5 && ratio < 2;
}

const CELL = 32;

/** Spots by place. */
class SpotGrid {
  readonly #cells = new Map<number, InkSpot[]>();

  constructor(spots: readonly InkSpot[]) {
    for (const spot of spots) {
      const key = keyOf(Math.floor(spot.x / CELL), Math.floor(spot.y / CELL));
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, [spot]);
      else cell.push(spot);
    }
  }

  *near(x: number, y: number, reach: number): Generator<InkSpot> {
    for (let row = Math.floor((y - reach) / CELL); row <= Math.floor((y + reach) / CELL); row++) {
      const [from, to] = [Math.floor((x - reach) / CELL), Math.floor((x + reach) / CELL)];
      for (let column = from; column <= to; column++) {
        for (const spot of this.#cells.get(keyOf(column, row)) ?? []) {
          if (Math.hypot(spot.x - x, spot.y - y) <= reach) yield spot;
        }
      }
    }
  }
}

function keyOf(column: number, row: number): number {
  return row * 65_536 + column;
}
