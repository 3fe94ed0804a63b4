import { cellOf, matchCell, type CellMatch } from './ocr-cells.ts';
import type { GreyImage } from './ocr-image.ts';
import type { StraightZone } from './ocr-straighten.ts';
import { zoneCharacters, type TemplateSet } from './ocr-templates.ts';

/** One character as read. */
export interface ReadCharacter {
  character: string;
  /** How sure the picture is of it among what may stand there: 0 to 1. Below `CLEAR` it is a guess. */
  confidence: number;
  /** What it looks most like among all characters. Another than `character` where that may not stand there. */
  looksLike: string;
  /** What else it may be, the likeliest first. */
  alternatives: readonly string[];
  /** Of its place in the picture: mean brightness and deviation, in octets. */
  mean: number;
  contrast: number;
  /** Correlation with the template, at most 1. */
  likeness: number;
}

/** From here on a character counts as read; calibrated on degraded pages (README). */
export const CLEAR = 0.97;

/** Every place of the zone between its first and its last column. */
export function matchZone(image: GreyImage, zone: StraightZone): CellMatch[][] {
  const { frame, set, firstColumn, lastColumn } = zone;
  return frame.curves.map((_, line) =>
    Array.from({ length: lastColumn - firstColumn + 1 }, (_unused, at) =>
      matchCell(cellOf(image, frame, line, firstColumn + at), set, { reach: 1, step: 1 }),
    ),
  );
}

/** The best of what the alphabet allows, with how far all others of it lie behind. */
export function characterOf(match: CellMatch, set: TemplateSet, alphabet: string): ReadCharacter {
  const { scores, mean, contrast } = match;
  const allowed = Array.from(alphabet, (character) => zoneCharacters.indexOf(character)).toSorted(
    (a, b) => scores[b]! - scores[a]!,
  );
  const [best, ...others] = allowed as [number, ...number[]];
  const likeness = scores[best]!;
  const margin = Math.min(...others.map((other) => marginOf(match, set, best, other)));
  return {
    character: zoneCharacters[best]!,
    confidence: confidenceOf(margin, likeness),
    looksLike: zoneCharacters[match.best]!,
    alternatives: others.slice(0, 4).map((other) => zoneCharacters[other]!),
    mean,
    contrast,
    likeness,
  };
}

/**
 * How far the picture lies on one character's side of the middle between two, in units of what it differs from both: O and 0
 * correlate almost alike, so a small difference says more between them than between O and X.
 */
function marginOf({ scores }: CellMatch, set: TemplateSet, best: number, other: number): number {
  const doubt = Math.sqrt(Math.max(0.02, 1 - scores[best]! ** 2));
  return (scores[best]! - scores[other]!) / (set.unlikeness(best, other) * doubt);
}

/** Half at no margin, `CLEAR` at 0.35; nothing that looks like no character at all is sure. */
function confidenceOf(margin: number, likeness: number): number {
  const sure = 1 / (1 + Math.exp(-10 * margin));
  const recognised = Math.min(1, Math.max(0, (likeness - 0.3) / 0.3));
  return sure * recognised;
}
