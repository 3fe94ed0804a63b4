import type { MrzFormat } from './mrz.ts';
import { zoneCharacters } from './ocr-templates.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ<';
const ALL = zoneCharacters;
/** Unknown parts of dates, and check digits of empty fields (Doc 9303-3 §4.8, 9303-4 §4.2.2). */
const DIGITS_OR_FILLER = `${DIGITS}<`;
const SEX = 'MFX<';

type Runs = readonly (readonly [alphabet: string, length: number])[];

/** Number, check digit, nationality, birth, check digit, sex, expiry, check digit: alike in all formats of two lines. */
const SECOND_OF_TWO: Runs = [
  [ALL, 9],
  [DIGITS_OR_FILLER, 1],
  [LETTERS, 3],
  [DIGITS_OR_FILLER, 7],
  [SEX, 1],
  [DIGITS_OR_FILLER, 6],
  [DIGITS, 1],
];

const LINES: Readonly<Record<MrzFormat, readonly Runs[]>> = {
  TD3: [[[LETTERS, 44]], [...SECOND_OF_TWO, [ALL, 14], [DIGITS_OR_FILLER, 1], [DIGITS, 1]]],
  TD2: [[[LETTERS, 36]], [...SECOND_OF_TWO, [ALL, 7], [DIGITS, 1]]],
  'MRV-A': [[[LETTERS, 44]], [...SECOND_OF_TWO, [ALL, 16]]],
  'MRV-B': [[[LETTERS, 36]], [...SECOND_OF_TWO, [ALL, 8]]],
  TD1: [
    [
      [LETTERS, 5],
      [ALL, 9],
      [DIGITS_OR_FILLER, 1],
      [ALL, 15],
    ],
    [
      [DIGITS_OR_FILLER, 7],
      [SEX, 1],
      [DIGITS_OR_FILLER, 6],
      [DIGITS, 1],
      [LETTERS, 3],
      [ALL, 11],
      [DIGITS, 1],
    ],
    [[LETTERS, 30]],
  ],
};

/** What each position of each line may hold (Doc 9303-4 to -7, §4.2.2). */
export function alphabetsOf(format: MrzFormat): string[][] {
  return LINES[format].map((runs) =>
    runs.flatMap(([alphabet, length]) => Array<string>(length).fill(alphabet)),
  );
}

/** The format that has so many lines of so many characters; a first V is a visa's (Doc 9303-7 §4.2.2.1). */
export function formatFor(lines: number, columns: number, first: string): MrzFormat | null {
  if (lines === 3) return columns === 30 ? 'TD1' : null;
  if (lines !== 2) return null;
  if (columns === 44) return first === 'V' ? 'MRV-A' : 'TD3';
  if (columns === 36) return first === 'V' ? 'MRV-B' : 'TD2';
  return null;
}
