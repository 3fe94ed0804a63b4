import { inkSpots, type InkRule } from './ocr-components.ts';
import type { GreyImage } from './ocr-image.ts';
import { findLines, type SpotLine } from './ocr-lines.ts';
import { findZones, valueAt, type ZoneGuess } from './ocr-zone.ts';

export interface FoundZones {
  /** The likeliest first. */
  guesses: readonly ZoneGuess[];
  /** The longest line of evenly spaced characters, in a zone or not. */
  longest: SpotLine | null;
}

/** Tried in this order until a zone is whole: the plain case, blur, noise, faint print. */
const RULES: readonly InkRule[] = [
  { smoothings: 1, deviations: 1.2 },
  { smoothings: 2, deviations: 1.7 },
  { smoothings: 4, deviations: 1.2 },
  { smoothings: 1, deviations: 0.6 },
];
const WHOLE = 0.97;
const MOST_GUESSES = 3;
const MOST_MISSED = 7;

/** Looks for a zone in any direction: two lines of 36 or 44 characters, three of 30 (Doc 9303-4 to -7). */
export function findZone(image: GreyImage): FoundZones {
  const guesses: ZoneGuess[] = [];
  let longest: SpotLine | null = null;
  for (const rule of RULES) {
    const spots = inkSpots(image, rule);
    if (spots === null) continue;
    const lines = findLines(spots);
    const [first] = lines;
    if (first && first.members.length > (longest?.members.length ?? 0)) longest = first;
    const zones = findZones(lines);
    guesses.push(...zones);
    if (zones.some(isWhole)) break;
  }
  const sorted = guesses.toSorted((a, b) => worth(b) - worth(a));
  const distinct = sorted.filter(
    (one, at) => !sorted.slice(0, at).some((other) => isSame(one, other)),
  );
  return { guesses: distinct.slice(0, MOST_GUESSES), longest };
}

/** Whether reading the guess can give a format: its ends may be off by a few characters, not by more. */
export function mayBeFormat({ curves, columns }: ZoneGuess): boolean {
  return missed(curves.length, columns) <= MOST_MISSED;
}

function isSame(a: ZoneGuess, b: ZoneGuess): boolean {
  if (a.curves.length !== b.curves.length || a.columns !== b.columns) return false;
  const middles = [a, b].map(({ curves, columns }) =>
    curves.map(({ x, y }) => ({ x: valueAt(x, columns / 2), y: valueAt(y, columns / 2) })),
  );
  return middles[0]!.every(({ x, y }, line) => {
    const other = middles[1]![line]!;
    return Math.hypot(x - other.x, y - other.y) < a.pitch / 3;
  });
}

function isWhole({ curves, columns, found }: ZoneGuess): boolean {
  const { length } = curves;
  return missed(length, columns) === 0 && found >= WHOLE * length * columns;
}

function worth({ curves, columns, found }: ZoneGuess): number {
  return found - 2 * missed(curves.length, columns);
}

/** How many columns lie between what was found and the nearest format. */
function missed(lines: number, columns: number): number {
  const formats = lines === 3 ? [30] : [36, 44];
  return Math.min(...formats.map((format) => Math.abs(format - columns)));
}
