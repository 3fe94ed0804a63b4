import { FILLER } from './mrz-fillers.ts';

/** The name field of a machine-readable zone (Doc 9303-3 §4.6). Nothing is invented: parts are as the zone separates them. */
export interface MrzName {
  raw: string;
  primaryIdentifier: string;
  secondaryIdentifier: string;
  /** The field is full to its last character, so the name may have been cut. */
  mayBeTruncated: boolean;
  /** A `<<` between letters behind the one that parts the identifiers. */
  hasExtraSeparator: boolean;
}

/**
 * Primary and secondary identifier are parted by the first `<<`; no `<<` means a single name, all of it primary. A zone that
 * starts with `<<` has a secondary identifier only, which then is the whole name. `codes` holds `raw` from `at` on.
 *
 * Words are cut out and joined in one pass: replacing the fillers in a text costs four times that.
 */
export function mrzNameOf(raw: string, codes: Uint8Array, at: number): MrzName {
  const secondaryOnly = codes[at] === FILLER && codes[at + 1] === FILLER;
  let primary = '';
  let secondary = '';
  let separators = 0;
  let start = 0;
  for (let spot = 0; spot <= raw.length; spot++) {
    if (spot < raw.length && codes[at + spot] !== FILLER) continue;
    if (spot > start) {
      const word = raw.slice(start, spot);
      if (primary !== '' && start > 1 && codes[at + start - 2] === FILLER) separators++;
      if (separators > 0 && !secondaryOnly) {
        secondary = secondary === '' ? word : `${secondary} ${word}`;
      } else {
        primary = primary === '' ? word : `${primary} ${word}`;
      }
    }
    start = spot + 1;
  }
  return {
    raw,
    primaryIdentifier: primary,
    secondaryIdentifier: secondary,
    mayBeTruncated: codes[at + raw.length - 1] !== FILLER,
    hasExtraSeparator: separators > (secondaryOnly ? 0 : 1),
  };
}
