import { WEIGHTS } from './mrz-check-digits.ts';
import type { MrzFormat } from './mrz.ts';

/** Where a field stands: characters `from` up to `to` of a line, and `at` where it starts among all characters of the zone. */
export interface Field {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly length: number;
}

export interface MrzLayout {
  readonly format: MrzFormat;
  /** All characters of the zone. */
  readonly length: number;
  readonly documentCode: Field;
  readonly issuingState: Field;
  readonly name: Field;
  readonly number: Field;
  readonly nationality: Field;
  readonly dateOfBirth: Field;
  readonly sex: Field;
  readonly dateOfExpiry: Field;
  readonly optionalData: Field;
  /** Second optional field of TD1; empty elsewhere. */
  readonly optionalData2: Field;
  /** Numbers over nine characters go on in the optional data. */
  readonly mayBeLong: boolean;
  /** TD3 only: a check digit behind the optional data. */
  readonly optionalCheck: boolean;
  /** The check digit over several fields; visas have none. */
  readonly composite: Composite | null;
}

export interface Composite {
  /** Where it stands among all characters of the zone. */
  readonly at: number;
  /** Where the first character stands that counts. */
  readonly from: number;
  /** What each character of the zone before the digit weighs, 0 for one that does not count. */
  readonly weights: Uint8Array;
}

/** The layout of the zone that these lines are; null where no format has their number and width. */
export function layoutOf(lines: readonly string[]): MrzLayout | null {
  const [first, second, third] = lines;
  if (first === undefined || second?.length !== first.length) return null;
  if (lines.length === 3) return third?.length === 30 && first.length === 30 ? TD1 : null;
  if (lines.length !== 2) return null;
  const visa = first.startsWith('V');
  if (first.length === 36) return visa ? MRV_B : TD2;
  if (first.length === 44) return visa ? MRV_A : TD3;
  return null;
}

export function textOf(lines: readonly string[], { line, from, to }: Field): string {
  return lines[line]!.slice(from, to);
}

type Spans = {
  readonly [Name in keyof MrzLayout as MrzLayout[Name] extends Field ? Name : never]: Span;
};
/** Line, first character, the one behind the last. */
type Span = readonly [line: number, from: number, to: number];

/** Doc 9303-5 §4.2.2. */
const TD1 = layout('TD1', 30, {
  spans: {
    documentCode: [0, 0, 2],
    issuingState: [0, 2, 5],
    number: [0, 5, 14],
    optionalData: [0, 15, 30],
    dateOfBirth: [1, 0, 6],
    sex: [1, 7, 8],
    dateOfExpiry: [1, 8, 14],
    nationality: [1, 15, 18],
    optionalData2: [1, 18, 29],
    name: [2, 0, 30],
  },
  composite: [
    [0, 5, 30],
    [1, 0, 7],
    [1, 8, 15],
    [1, 18, 29],
  ],
});
/** Doc 9303-6 §4.2.2. */
const TD2 = twoLines('TD2', 36, 35);
/** Doc 9303-4 §4.2.2. */
const TD3 = twoLines('TD3', 44, 42);
/** Doc 9303-7 §4.2, §5.2: no check digit after the optional data, none over all. */
const MRV_A = twoLines('MRV-A', 44, 44);
const MRV_B = twoLines('MRV-B', 36, 36);

function twoLines(format: MrzFormat, width: number, optionalEnd: number): MrzLayout {
  const spans: Spans = {
    documentCode: [0, 0, 2],
    issuingState: [0, 2, 5],
    name: [0, 5, width],
    number: [1, 0, 9],
    nationality: [1, 10, 13],
    dateOfBirth: [1, 13, 19],
    sex: [1, 20, 21],
    dateOfExpiry: [1, 21, 27],
    optionalData: [1, 28, optionalEnd],
    optionalData2: [1, width, width],
  };
  const composite: Span[] = [
    [1, 0, 10],
    [1, 13, 20],
    [1, 21, width - 1],
  ];
  return layout(format, width, { spans, composite: optionalEnd === width ? null : composite });
}

function layout(
  format: MrzFormat,
  width: number,
  { spans, composite }: { spans: Spans; composite: readonly Span[] | null },
): MrzLayout {
  const field = ([line, from, to]: Span): Field => {
    return { line, from, to, at: line * width + from, length: to - from };
  };
  return {
    format,
    length: (format === 'TD1' ? 3 : 2) * width,
    documentCode: field(spans.documentCode),
    issuingState: field(spans.issuingState),
    name: field(spans.name),
    number: field(spans.number),
    nationality: field(spans.nationality),
    dateOfBirth: field(spans.dateOfBirth),
    sex: field(spans.sex),
    dateOfExpiry: field(spans.dateOfExpiry),
    optionalData: field(spans.optionalData),
    optionalData2: field(spans.optionalData2),
    mayBeLong: format === 'TD1' || format === 'TD2',
    optionalCheck: format === 'TD3',
    composite: composite && compositeOver(composite.map(field), 2 * width - 1),
  };
}

/** Weights 7, 3, 1 over one part after the other. */
function compositeOver(parts: readonly Field[], at: number): Composite {
  const weights = new Uint8Array(at);
  let counted = 0;
  for (const part of parts) {
    for (let spot = part.at; spot < part.at + part.length; spot++) {
      weights[spot] = WEIGHTS[counted++ % 3]!;
    }
  }
  return { at, from: parts[0]!.at, weights };
}
