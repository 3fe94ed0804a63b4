import { glyphWidth } from './ocr-glyphs.ts';
import type { GreyImage, Point } from './ocr-image.ts';
import { cellOf, matchCell, type CellMatch, type Search, type ZoneFrame } from './ocr-cells.ts';
import { templateSets, type TemplateSet } from './ocr-templates.ts';
import { fitted, type LineCurve, type Polynomial, type ZoneGuess } from './ocr-zone.ts';

/** A zone ready to be read. */
export interface StraightZone {
  frame: ZoneFrame;
  /** The templates that are as blurred as the picture. */
  set: TemplateSet;
  /** The first and the last column that hold a character. */
  firstColumn: number;
  lastColumn: number;
  /** The zone goes on, or may go on, beyond the picture. */
  cut: boolean;
}

const STRETCHES = [0.7, 0.78, 0.86, 0.94, 1, 1.06, 1.15, 1.28, 1.45];
const FINE_STRETCHES = [0.95, 1, 1.05];
/** A zero is a fourteenth higher than an O, and hardly unlike it otherwise. */
const FINEST_STRETCHES = [0.94, 0.96, 0.98, 1, 1.02, 1.04, 1.06];
/** Characters a line, enough to judge turn, height and blur by. */
const PROBES = 6;
/** Columns beyond the ends that are looked at: characters missed, or more than there should be. */
const BEYOND = 4;
/** Mean correlation below which they are no characters; heavily blurred ones have 0.7. */
const LIKE_CHARACTERS = 0.6;
/** Correlation from which a place holds a character. */
const PRESENT = 0.55;

/**
 * Finds which way is up, how high and how blurred the characters are, where exactly each line runs, where it ends. Null where what
 * stands in even lines are no characters.
 */
export function straighten(image: GreyImage, guess: ZoneGuess): StraightZone | null {
  const upright = { curves: guess.curves, columns: guess.columns, stretch: 1 };
  const middle = templateSets[2]!;
  const rough = best(
    [upright, turned(upright)].flatMap((frame) =>
      STRETCHES.map((stretch) => ({ ...frame, stretch })),
    ),
    (frame) => probe(image, frame, middle, { reach: 3, step: 3 }),
  );
  if (probe(image, rough, middle, { reach: 3, step: 3 }) < LIKE_CHARACTERS) return null;
  const set = best(templateSets, (one) =>
    probe(image, rough, one, { reach: 2, step: 2, shortlist: 10 }),
  );
  const fine = best(
    FINE_STRETCHES.map((factor) => ({ ...rough, stretch: rough.stretch * factor })),
    (frame) => probe(image, frame, set, { reach: 2, step: 1, shortlist: 10 }),
  );
  const nearly = alongCharacters(image, fine, set, { reach: 4, step: 2, shortlist: 10 });
  const straight = alongCharacters(image, nearly, set, { reach: 2, step: 1, shortlist: 10 });
  const frame = best(
    FINEST_STRETCHES.map((factor) => ({ ...straight, stretch: fine.stretch * factor })),
    (one) => probe(image, one, set, { reach: 1, step: 1, shortlist: 10, probes: 14 }),
  );
  return { frame, set, ...endsOf(image, frame, set) };
}

function best<T>(options: readonly T[], scoreOf: (option: T) => number): T {
  const scores = options.map(scoreOf);
  return options[scores.indexOf(Math.max(...scores))]!;
}

/** Read from the other side: the last line first, the last column first. */
function turned(frame: ZoneFrame): ZoneFrame {
  const last = frame.columns - 1;
  const curves = frame.curves
    .toReversed()
    .map(({ x, y }) => ({ x: mirrored(x, last), y: mirrored(y, last) }));
  return { ...frame, curves };
}

/** The polynomial p(last - column). */
function mirrored(polynomial: Polynomial, last: number): number[] {
  const at = Array.from({ length: 8 }, (_, index) => (index * last) / 7);
  const values = at.map((column) =>
    polynomial.reduceRight((value, coefficient) => value * (last - column) + coefficient, 0),
  );
  return fitted(at, values, polynomial.length - 1);
}

/** How well a few characters of each line match under a frame, in the mean. */
function probe(
  image: GreyImage,
  frame: ZoneFrame,
  set: TemplateSet,
  search: Search & { probes?: number },
): number {
  const { probes = PROBES } = search;
  let sum = 0;
  for (const line of frame.curves.keys()) {
    for (let at = 0; at < probes; at++) {
      const column = Math.floor(((at + 0.5) * frame.columns) / probes);
      const match = matchCell(cellOf(image, frame, line, column), set, search);
      sum += match.scores[match.best]!;
    }
  }
  return sum / (frame.curves.length * probes);
}

/** Lays each line's curve through the characters that were recognised, which know their middles better than spots of ink do. */
function alongCharacters(
  image: GreyImage,
  frame: ZoneFrame,
  set: TemplateSet,
  search: Search,
): ZoneFrame {
  const curves = frame.curves.map((curve, line): LineCurve => {
    const [columns, middles]: [number[], Point[]] = [[], []];
    for (let column = 0; column < frame.columns; column++) {
      const cell = cellOf(image, frame, line, column);
      const match = matchCell(cell, set, search);
      if (match.scores[match.best]! < PRESENT) continue;
      const { x, y } = match.offset;
      columns.push(column);
      middles.push({
        x: cell.centre.x + x * cell.right.x + y * cell.down.x,
        y: cell.centre.y + x * cell.right.y + y * cell.down.y,
      });
    }
    if (columns.length < frame.columns / 2) return curve;
    const degree = curve.x.length - 1;
    return {
      x: fitted(columns, middles.map(({ x }) => x), degree), // prettier-ignore
      y: fitted(columns, middles.map(({ y }) => y), degree), // prettier-ignore
    };
  });
  return { ...frame, curves };
}

function endsOf(image: GreyImage, frame: ZoneFrame, set: TemplateSet) {
  const inside = contrastOf(image, frame, set);
  const holdsAt = (column: number) => {
    const seen = [...frame.curves.keys()].map((line) => {
      const cell = cellOf(image, frame, line, column);
      return { cut: cell.cut, match: matchCell(cell, set, { reach: 2, step: 1 }) };
    });
    const held = seen.filter(({ match }) => isCharacter(match, inside)).length;
    return { held: held * 2 >= seen.length, cut: seen.some(({ cut }) => cut) };
  };
  const first = outermost(0, -1, holdsAt);
  const last = outermost(frame.columns - 1, 1, holdsAt);
  return { firstColumn: first.column, lastColumn: last.column, cut: first.cut || last.cut };
}

type Look = (column: number) => { held: boolean; cut: boolean };

/** From an end inwards until there is a character, or outwards until there is none. */
function outermost(from: number, outwards: 1 | -1, look: Look): { column: number; cut: boolean } {
  let column = from;
  let here = look(column);
  for (let steps = 0; !here.held && steps < BEYOND; steps++) here = look((column -= outwards));
  for (let steps = 0; steps < BEYOND; steps++) {
    const next = look(column + outwards);
    if (next.cut) return { column, cut: true };
    if (!next.held) break;
    column += outwards;
  }
  return { column, cut: here.cut };
}

function contrastOf(image: GreyImage, frame: ZoneFrame, set: TemplateSet): number {
  const contrasts: number[] = [];
  for (const line of frame.curves.keys()) {
    for (let column = 0; column < frame.columns; column += 5) {
      const match = matchCell(cellOf(image, frame, line, column), set, { reach: 0, step: 1 });
      contrasts.push(match.contrast);
    }
  }
  return contrasts.toSorted((a, b) => a - b)[contrasts.length >> 1]!;
}

function isCharacter(match: CellMatch, contrast: number): boolean {
  return match.scores[match.best]! >= PRESENT && match.contrast > 0.3 * contrast;
}

/** How many pixels of the image a character's pitch has, in the mean over the zone. */
export function pitchOf(
  image: GreyImage,
  { frame, firstColumn, lastColumn }: StraightZone,
): number {
  const { right } = cellOf(image, frame, 0, Math.round((firstColumn + lastColumn) / 2));
  return Math.hypot(right.x, right.y) * glyphWidth;
}
