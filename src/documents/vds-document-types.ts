/** How a feature's octets are read. */
export type FeatureCoding =
  /** 72 characters: the whole zone of a TD2 document. */
  | 'zone_td2'
  /** 72 characters: line 1 and the first 28 of line 2; the optional data is not in the seal. */
  | 'zone_mrva'
  /** 64 characters: line 1 and the first 28 of line 2. */
  | 'zone_mrvb'
  | 'c40'
  | 'utf8'
  | 'number'
  /** Days, months, years, one octet each. */
  | 'duration'
  /** YYYYMMDD in digits. */
  | 'date_digits'
  | 'octets';

export interface FeatureDefinition {
  tag: number;
  name: string;
  coding: FeatureCoding;
  required: boolean;
  minBytes: number;
  maxBytes: number;
}

export interface VdsDocumentType {
  ref: string;
  name: string;
  features: readonly FeatureDefinition[];
  /** Exactly one of these tags must be there. */
  oneOf?: readonly number[];
  /** Further features are defined by a profile outside the seal: they are reported as octets. */
  open?: boolean;
  /** The standard that defines the type. */
  source: string;
}

function feature(
  tag: number,
  name: string,
  coding: FeatureCoding,
  bytes: number | readonly [number, number],
  required: 'required' | 'optional' = 'required',
): FeatureDefinition {
  const [minBytes, maxBytes] = typeof bytes === 'number' ? [bytes, bytes] : bytes;
  return { tag, name, coding, required: required === 'required', minBytes, maxBytes };
}

/**
 * The document types that we know. A seal of any other type is read and its signature judged, but it never counts as
 * genuine: nobody has said what its features mean. The number of entries is optional: published seals leave it out.
 */
export const vdsDocumentTypes: readonly VdsDocumentType[] = [
  {
    ref: '5d01',
    name: 'visa',
    source: 'Doc 9303-7 §9',
    oneOf: [1, 2],
    features: [
      feature(1, 'mrz', 'zone_mrva', 48, 'optional'),
      feature(2, 'mrz', 'zone_mrvb', 44, 'optional'),
      feature(3, 'number_of_entries', 'number', 1, 'optional'),
      feature(4, 'duration_of_stay', 'duration', 3),
      feature(5, 'passport_number', 'c40', 6),
      feature(6, 'visa_type', 'octets', [1, 4], 'optional'),
      feature(7, 'additional_feature', 'octets', [0, 254], 'optional'),
    ],
  },
  {
    ref: '5e03',
    name: 'emergency_travel_document',
    source: 'Doc 9303-8',
    features: [feature(2, 'mrz', 'zone_td2', 48)],
  },
  {
    ref: 'fb06',
    name: 'residence_permit',
    source: 'BSI TR-03137 §8.2',
    features: [feature(2, 'mrz', 'zone_td2', 48), feature(3, 'passport_number', 'c40', 6)],
  },
  {
    ref: 'fa06',
    name: 'supplementary_sheet',
    source: 'BSI TR-03137 §8.3',
    features: [feature(4, 'mrz', 'zone_td2', 48), feature(5, 'sheet_number', 'c40', 6)],
  },
  {
    ref: 'fd02',
    name: 'arrival_attestation',
    source: 'BSI TR-03137 §6',
    features: [feature(2, 'mrz', 'zone_td2', 48), feature(3, 'register_number', 'c40', 8)],
  },
  {
    ref: 'fc04',
    name: 'social_insurance_card',
    source: 'BSI TR-03137 §7',
    features: [
      feature(1, 'social_insurance_number', 'c40', 8),
      feature(2, 'surname', 'utf8', [1, 90]),
      feature(3, 'first_name', 'utf8', [1, 90]),
      feature(4, 'birth_name', 'utf8', [1, 90], 'optional'),
    ],
  },
  {
    ref: 'f908',
    name: 'address_sticker_identity_card',
    source: 'BSI TR-03137 §9',
    features: addressSticker(feature(3, 'address', 'c40', [6, 18])),
  },
  {
    ref: 'f90c',
    name: 'address_sticker_residence_permit',
    source: 'BSI TR-03137',
    features: addressSticker(feature(3, 'address', 'c40', [6, 18])),
  },
  {
    ref: 'f80a',
    name: 'address_sticker_passport',
    source: 'BSI TR-03137 §10',
    features: addressSticker(feature(3, 'postal_code', 'c40', 4)),
  },
  {
    ref: '01c8',
    name: 'administrative_document_v8',
    source: 'BSI TR-03171',
    open: true,
    features: [
      feature(0, 'profile_number', 'octets', 16),
      feature(1, 'validity_dates', 'octets', [1, 17], 'optional'),
    ],
  },
  {
    ref: '01c9',
    name: 'administrative_document_v9',
    source: 'BSI TR-03171',
    open: true,
    features: [
      feature(0, 'profile_number', 'octets', 16),
      feature(1, 'valid_from', 'date_digits', 8, 'optional'),
      feature(2, 'valid_to', 'date_digits', 8, 'optional'),
      feature(3, 'profile_uri', 'utf8', [1, 255]),
      feature(4, 'certificate_uri', 'utf8', [1, 255]),
      feature(5, 'status_uri', 'utf8', [1, 255], 'optional'),
      feature(6, 'status_list_index', 'octets', [1, 4], 'optional'),
    ],
  },
];

function addressSticker(place: FeatureDefinition): FeatureDefinition[] {
  return [
    feature(1, 'document_number', 'c40', 6),
    feature(2, 'municipality_number', 'c40', 6),
    place,
  ];
}

const types = new Map(vdsDocumentTypes.map((type) => [type.ref, type]));

export function vdsDocumentTypeOf(ref: string): VdsDocumentType | null {
  return types.get(ref) ?? null;
}
