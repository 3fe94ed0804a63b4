import { FormatRefusal, malformed } from './format-refusal.ts';
import { readVdsHeader, type ReferenceRadix, type VdsHeader } from './vds-header.ts';

/** A visible digital seal, structure only: nothing in it is believed before its signature holds. */
export interface Vds {
  header: VdsHeader;
  features: readonly VdsFeature[];
  /** All octets before the signature zone: exactly what is signed. */
  signed: Buffer;
  /** Plain r ‖ s. */
  signature: Buffer;
}

export interface VdsFeature {
  tag: number;
  value: Buffer;
}

/** The largest Data Matrix, Aztec or QR code holds less (ISO/IEC 18004: 2,953 octets). */
export const MAX_SEAL_BYTES = 3000;
const MAX_FEATURES = 64;
const SIGNATURE_TAG = 0xff;
/** P-521. */
const MAX_SIGNATURE_BYTES = 132;

/** How lengths of 128 and more are written: one octet as Doc 9303-13 §2.3 says, or DER as BSI TR-03137 says. */
type LengthRule = 'one_octet' | 'der';

const READINGS: readonly { radix: ReferenceRadix; lengths: LengthRule }[] = [
  { radix: 16, lengths: 'one_octet' },
  { radix: 16, lengths: 'der' },
  { radix: 10, lengths: 'one_octet' },
  { radix: 10, lengths: 'der' },
];

/**
 * Parses a seal (Doc 9303-13 §2). Issuers disagree on two lengths; both readings are tried, and since every octet must
 * be accounted for only one can fit. Where two fit and differ, the seal says two things and is refused.
 */
export function parseVds(bytes: Buffer): Vds {
  if (bytes.length > MAX_SEAL_BYTES) throw malformed('seal_too_long');
  const found = new Map<string, Vds>();
  const refusals: { inHeader: boolean; refusal: FormatRefusal }[] = [];
  for (const { radix, lengths } of READINGS) {
    let inHeader = true;
    try {
      const header = readVdsHeader(bytes, radix);
      inHeader = false;
      const seal = readZones(bytes, header, lengths);
      found.set(shapeOf(seal), seal);
    } catch (error) {
      if (!(error instanceof FormatRefusal)) throw error;
      refusals.push({ inHeader, refusal: error });
    }
  }
  const [seal, ...others] = found.values();
  if (seal === undefined) {
    // The reading that came furthest tells best what is wrong.
    const furthest = refusals.find(({ inHeader }) => !inHeader) ?? refusals[0];
    throw furthest?.refusal ?? malformed('not_a_seal');
  }
  if (others.length > 0) throw malformed('ambiguous_lengths');
  return seal;
}

function shapeOf({ header, features, signed }: Vds): string {
  const lengths = features.map(({ tag, value }) => `${tag}:${value.length}`);
  return [header.end, header.signer.reference, signed.length, ...lengths].join(' ');
}

function readZones(bytes: Buffer, header: VdsHeader, lengths: LengthRule): Vds {
  const features: VdsFeature[] = [];
  let at = header.end;
  for (;;) {
    const { tag, value, next } = readFeature(bytes, at, lengths);
    if (tag === SIGNATURE_TAG) {
      if (next !== bytes.length) throw malformed('trailing_bytes');
      const odd = value.length === 0 || value.length % 2 !== 0;
      if (odd || value.length > MAX_SIGNATURE_BYTES) throw malformed('bad_signature_length');
      return { header, features, signed: bytes.subarray(0, at), signature: value };
    }
    if (features.some((feature) => feature.tag === tag)) throw malformed('repeated_feature');
    if (features.length === MAX_FEATURES) throw malformed('too_many_features');
    features.push({ tag, value });
    at = next;
  }
}

function readFeature(
  bytes: Buffer,
  at: number,
  lengths: LengthRule,
): VdsFeature & { next: number } {
  if (at === bytes.length) throw malformed('signature_missing');
  if (at + 2 > bytes.length) throw malformed('truncated');
  const tag = bytes[at]!;
  const first = bytes[at + 1]!;
  let length = first;
  let start = at + 2;
  if (lengths === 'der' && first >= 0x80) {
    const octets = first & 0x7f;
    if (octets < 1 || octets > 2) throw malformed('bad_length');
    if (start + octets > bytes.length) throw malformed('truncated');
    length = bytes.readUIntBE(start, octets);
    if (length < (octets === 1 ? 0x80 : 0x100)) throw malformed('length_not_minimal');
    start += octets;
  }
  if (length > bytes.length - start) throw malformed('length_past_end');
  return { tag, value: bytes.subarray(start, start + length), next: start + length };
}
