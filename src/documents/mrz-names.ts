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
  const mayBeTruncated = raw.at(-1) !== '<';
  const field = raw.replace(/<+$/, '');
  const parting = field.indexOf('<<');
  const primary = parting === -1 ? field : field.slice(0, parting);
  const secondary = parting === -1 ? '' : field.slice(parting + 2);
  const [primaryIdentifier, secondaryIdentifier] = [spaced(primary), spaced(secondary)];
  return primaryIdentifier === ''
    ? { raw, primaryIdentifier: secondaryIdentifier, secondaryIdentifier: '', mayBeTruncated }
    : { raw, primaryIdentifier, secondaryIdentifier, mayBeTruncated };
}

function spaced(part: string): string {
  return part.replaceAll(/<+/g, ' ').trim();
}
