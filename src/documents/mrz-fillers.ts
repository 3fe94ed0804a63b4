import type { Field } from './mrz-layouts.ts';

export const FILLER = 0x3c;

/** A field of a zone with a blank for each filler, none at its ends. `codes` holds the zone; the first `skipped` characters do not count. */
export function unfilledField(
  lines: readonly string[],
  codes: Uint8Array,
  field: Field,
  skipped = 0,
): string {
  const line = lines[field.line]!;
  // From a position in the line to the same one among all octets.
  const ahead = field.at - field.from;
  let start = field.from + skipped;
  let end = field.to;
  while (start < end && codes[start + ahead] === FILLER) start++;
  while (end > start && codes[end - 1 + ahead] === FILLER) end--;
  let text = '';
  for (let spot = start; spot < end; spot++) {
    if (codes[spot + ahead] !== FILLER) continue;
    text += `${line.slice(start, spot)} `;
    start = spot + 1;
  }
  return text + line.slice(start, end);
}
