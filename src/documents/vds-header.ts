import { malformed, unsupported } from './format-refusal.ts';
import { decodeC40, decodeC40Zone } from './seal-c40.ts';

/** The header zone of a visible digital seal (Doc 9303-13 §2.2). */
export interface VdsHeader {
  /** The version octet: 2 has a certificate reference of five characters, 3 one of any length. */
  version: 2 | 3;
  /** As in a machine-readable zone, fillers removed. */
  issuingState: string;
  signer: SignerReference;
  /** YYYY-MM-DD. */
  issuedOn: string;
  /** YYYY-MM-DD: when the signature was made. */
  signedOn: string;
  /** Feature definition and document type octets, hex: `5d01` is a visa. */
  documentRef: string;
  /** Where the message zone starts. */
  end: number;
}

export interface SignerReference {
  /** Two letters, as `C` of the signer's certificate. */
  country: string;
  /** Two characters, as `CN` of the signer's certificate. */
  name: string;
  /** The certificate's serial number, hex as written in the seal. */
  reference: string;
}

export const MAGIC = 0xdc;
const STATE_AT = 2;
const SIGNER_AT = 4;
const SIGNER_AND_LENGTH = /^([A-Z]{2})([A-Z0-9]{2})([0-9A-F]{2})/;
const REFERENCE = /^[0-9A-F]+$/;
/** Dates and document reference. */
const TAIL_BYTES = 8;

/** How the two characters of the reference's length count: the text says hexadecimal, German seals write decimal. */
export type ReferenceRadix = 16 | 10;

/** Reads the header of a seal. Refuses unknown versions, impossible dates and text that is not C40. */
export function readVdsHeader(bytes: Buffer, radix: ReferenceRadix): VdsHeader {
  if (bytes[0] !== MAGIC) throw malformed('not_a_seal');
  const version = bytes[1];
  if (version === undefined) throw malformed('truncated');
  if (version !== 2 && version !== 3) throw unsupported('seal_version_unknown');
  const issuingState = decodeC40Zone(slice(bytes, STATE_AT, 2)).replace(/<+$/, '');
  if (!/^[A-Z]{1,3}$/.test(issuingState)) throw malformed('bad_issuing_state');
  const { signer, end } = version === 2 ? fixedSigner(bytes) : countedSigner(bytes, radix);
  const tail = slice(bytes, end, TAIL_BYTES);
  return {
    version,
    issuingState,
    signer,
    issuedOn: sealDateOf(tail.subarray(0, 3)),
    signedOn: sealDateOf(tail.subarray(3, 6)),
    documentRef: tail.toString('hex', 6, 8),
    end: end + TAIL_BYTES,
  };
}

/** Version 2: nine characters, of which the last five are the reference. */
function fixedSigner(bytes: Buffer): { signer: SignerReference; end: number } {
  const text = decodeC40(slice(bytes, SIGNER_AT, 6));
  const [country, name, reference] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)];
  if (!/^[A-Z]{2}[A-Z0-9]{2}[0-9A-F]{5}$/.test(text)) throw malformed('bad_signer_reference');
  return { signer: { country, name, reference }, end: SIGNER_AT + 6 };
}

/** Version 3: four characters, two for the length of the reference, and the reference. */
function countedSigner(
  bytes: Buffer,
  radix: ReferenceRadix,
): { signer: SignerReference; end: number } {
  const start = SIGNER_AND_LENGTH.exec(decodeC40(slice(bytes, SIGNER_AT, 4)));
  if (start === null) throw malformed('bad_signer_reference');
  const [prefix, country, name, count] = start as unknown as [string, string, string, string];
  if (radix === 10 && !/^\d\d$/.test(count)) throw malformed('bad_signer_reference');
  const characters = prefix.length + Number.parseInt(count, radix);
  const octets = Math.ceil(characters / 3) * 2;
  const text = decodeC40(slice(bytes, SIGNER_AT, octets));
  const reference = text.slice(prefix.length);
  if (text.length !== characters || !REFERENCE.test(reference)) {
    throw malformed('bad_signer_reference');
  }
  return { signer: { country, name, reference }, end: SIGNER_AT + octets };
}

/** Three octets that are the number MMDDYYYY (Doc 9303-13 §2.3.1). */
export function sealDateOf(octets: Buffer): string {
  const digits = String(octets.readUIntBE(0, 3)).padStart(8, '0');
  const date = `${digits.slice(4)}-${digits.slice(0, 2)}-${digits.slice(2, 4)}`;
  if (!isCalendarDate(date)) throw malformed('bad_date');
  return date;
}

/** `YYYY-MM-DD` that a calendar has, from 1900 on. */
export function isCalendarDate(date: string): boolean {
  if (!/^(?:19|[2-9]\d)\d\d-\d\d-\d\d$/.test(date)) return false;
  const instant = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(date);
}

function slice(bytes: Buffer, at: number, length: number): Buffer {
  if (length > bytes.length - at) throw malformed('truncated');
  return bytes.subarray(at, at + length);
}
