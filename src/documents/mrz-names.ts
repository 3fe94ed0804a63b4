import { filled, trimmed } from './mrz-fillers.ts';

/** The name field of a machine-readable zone (Doc 9303-3 §4.6). Nothing is invented: parts are as the zone separates them. */
export interface MrzName {
  raw: string;
  primaryIdentifier: string;
  secondaryIdentifier: string;
  /** The field is full to its last character, so the name may have been cut. */
  mayBeTruncated: boolean;
}

/**
 * Primary and secondary identifier are parted by the first `<<`; no `<<` means a single name, all of it primary. A
 * zone that starts with `<<` has a secondary identifier only, which then is the whole name.
 */
export function mrzNameOf(raw: string): MrzName {
  const end = filled(raw);
  const mayBeTruncated = end === raw.length;
  const found = raw.indexOf('<<');
  const parting = found === -1 || found >= end ? end : found;
  const primary = spaced(trimmed(raw, 0, parting));
  const secondary = parting === end ? '' : spaced(trimmed(raw, parting + 2, end));
  return primary === ''
    ? { raw, primaryIdentifier: secondary, secondaryIdentifier: '', mayBeTruncated }
    : { raw, primaryIdentifier: primary, secondaryIdentifier: secondary, mayBeTruncated };
}

/** A `<<` between letters behind the one that parts the identifiers. */
export function hasExtraSeparator({ raw }: MrzName): boolean {
  const first = raw.indexOf('<<');
  const again = first === -1 ? -1 : raw.indexOf('<<', first + 2);
  if (again === -1 || again >= filled(raw)) return false;
  return /[^<]<<+[^<]+<<+[^<]/.test(raw);
}

/** One blank for a run of fillers; names hardly ever hold more than single ones. */
function spaced(part: string): string {
  return part.includes('<<') ? part.replaceAll(/<+/g, ' ') : part.replaceAll('<', ' ');
}
