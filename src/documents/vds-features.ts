import { malformed } from './format-refusal.ts';
import { decodeC40, decodeC40Zone } from './seal-c40.ts';
import type { FeatureCoding, FeatureDefinition, VdsDocumentType } from './vds-document-types.ts';
import type { VdsFeature } from './vds.ts';
import { isCalendarDate } from './vds-header.ts';

export type SealFeatureValue = string | number | { days: number; months: number; years: number };

export interface SealFeature {
  tag: number;
  /** As in `vdsDocumentTypes`; `unknown` for a tag that the type does not define. */
  name: string;
  value: SealFeatureValue;
}

/** The part of a machine-readable zone that a seal holds, line by line. */
export interface SealedZone {
  format: 'TD2' | 'MRV-A' | 'MRV-B';
  /** Line 1 whole; line 2 as far as the seal goes. */
  lines: readonly [string, string];
}

export interface ReadFeatures {
  features: readonly SealFeature[];
  zone?: SealedZone;
  /** Fillers removed. */
  passportNumber?: string;
  hasUnknown: boolean;
}

interface ZoneShape {
  format: SealedZone['format'];
  width: number;
  characters: number;
}

const ZONES: Partial<Record<FeatureCoding, ZoneShape>> = {
  zone_td2: { format: 'TD2', width: 36, characters: 72 },
  zone_mrva: { format: 'MRV-A', width: 44, characters: 72 },
  zone_mrvb: { format: 'MRV-B', width: 36, characters: 64 },
};

/**
 * Reads the features of a known document type. Refuses a feature that is missing, of a wrong length or not in its
 * coding. Features that the type does not define are given as hex (Doc 9303-13 §2.3).
 */
export function readFeatures(type: VdsDocumentType, given: readonly VdsFeature[]): ReadFeatures {
  const tags = new Set(given.map(({ tag }) => tag));
  if (type.features.some(({ tag, required }) => required && !tags.has(tag))) {
    throw malformed('feature_missing');
  }
  if (type.oneOf !== undefined && type.oneOf.filter((tag) => tags.has(tag)).length !== 1) {
    throw malformed('feature_missing');
  }
  const features: SealFeature[] = [];
  let zone: SealedZone | undefined;
  let passportNumber: string | undefined;
  let hasUnknown = false;
  for (const { tag, value } of given) {
    const definition = type.features.find((known) => known.tag === tag);
    if (definition === undefined) {
      hasUnknown ||= type.open !== true;
      features.push({ tag, name: 'unknown', value: value.toString('hex') });
      continue;
    }
    requireLength(definition, value);
    const shape = ZONES[definition.coding];
    if (shape === undefined) {
      const read = valueOf(definition.coding, value);
      features.push({ tag, name: definition.name, value: read });
      if (definition.name === 'passport_number' && typeof read === 'string') passportNumber = read;
    } else {
      zone = zoneOf(shape, value);
      features.push({ tag, name: definition.name, value: zone.lines.join('\n') });
    }
  }
  return {
    features,
    hasUnknown,
    ...(zone === undefined ? {} : { zone }),
    ...(passportNumber === undefined ? {} : { passportNumber }),
  };
}

/** Features of a type that we do not know: octets as hex. */
export function unreadFeatures(given: readonly VdsFeature[]): SealFeature[] {
  return given.map(({ tag, value }) => ({ tag, name: 'unknown', value: value.toString('hex') }));
}

function requireLength({ minBytes, maxBytes }: FeatureDefinition, value: Buffer): void {
  if (value.length < minBytes || value.length > maxBytes) throw malformed('bad_feature_length');
}

function zoneOf({ format, width, characters }: ZoneShape, value: Buffer): SealedZone {
  const text = decodeC40Zone(value);
  if (text.length !== characters) throw malformed('bad_feature');
  return { format, lines: [text.slice(0, width), text.slice(width)] };
}

function valueOf(coding: FeatureCoding, value: Buffer): SealFeatureValue {
  switch (coding) {
    case 'c40':
      return decodeC40(value).trim();
    case 'utf8':
      return utf8Of(value);
    case 'number':
      return value.readUIntBE(0, value.length);
    case 'duration':
      return { days: value[0]!, months: value[1]!, years: value[2]! };
    case 'date_digits':
      return dateOf(value);
    default:
      return value.toString('hex');
  }
}

function utf8Of(value: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw malformed('bad_feature');
  }
}

function dateOf(value: Buffer): string {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(value.toString('latin1')) ?? [];
  const date = `${year}-${month}-${day}`;
  if (!isCalendarDate(date)) throw malformed('bad_feature');
  return date;
}
