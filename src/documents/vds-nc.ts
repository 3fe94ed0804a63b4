import { malformed, unsupported } from './format-refusal.ts';
import { canonicalText, parseStrictJson, type JsonValue } from './seal-json.ts';

/** A visible digital seal for non-constrained environments (ICAO TR VDS-NC), structure only. */
export interface VdsNc {
  /** `icao.vacc`, `icao.test` … */
  type: string;
  version: number;
  /** As in a machine-readable zone. */
  issuingState: string;
  message: ReadonlyMap<string, JsonValue>;
  /** The canonical form of `data` (RFC 8785): what is signed. */
  signed: Buffer;
  algorithm: VdsNcAlgorithm;
  certificate: Buffer;
  /** Plain r ‖ s. */
  signature: Buffer;
}

export const vdsNcAlgorithms = {
  ES256: { hash: 'sha256', orderBits: [256] },
  ES384: { hash: 'sha384', orderBits: [384] },
  ES512: { hash: 'sha512', orderBits: [512, 521] },
} as const;
export type VdsNcAlgorithm = keyof typeof vdsNcAlgorithms;

/** Message types by the document type that a signer's certificate must list for them (TR VDS-NC). */
const SIGNER_DOCUMENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['icao.vacc', 'NV'],
  ['icao.test', 'NT'],
]);

/** What a signer of this message type must be listed for; null for a type that we do not know. */
export function signerDocumentTypeOf({ type, version }: VdsNc): string | null {
  return version === 1 ? (SIGNER_DOCUMENT_TYPES.get(type) ?? null) : null;
}

/** Parses a VDS-NC. Refuses members beyond the schema's, since some would be outside the signature. */
export function parseVdsNc(bytes: Buffer): VdsNc {
  const whole = membersOf(parseStrictJson(bytes), ['data', 'sig']);
  const data = membersOf(whole.get('data'), ['hdr', 'msg']);
  const header = membersOf(data.get('hdr'), ['is', 't', 'v']);
  const signature = membersOf(whole.get('sig'), ['alg', 'cer', 'sigvl']);
  const message = data.get('msg');
  const version = header.get('v');
  if (!(message instanceof Map) || typeof version !== 'number') throw malformed('bad_schema');
  const issuingState = textOf(header.get('is'));
  if (!/^[A-Z]{1,3}$/.test(issuingState)) throw malformed('bad_issuing_state');
  return {
    type: textOf(header.get('t')),
    version,
    issuingState,
    message,
    signed: Buffer.from(canonicalText(data), 'utf8'),
    algorithm: algorithmOf(signature.get('alg')),
    certificate: base64Of(signature.get('cer')),
    signature: base64Of(signature.get('sigvl')),
  };
}

/** Text of a member of `pid`, the holder's part of the message. */
export function holderText({ message }: VdsNc, name: string): string | undefined {
  const pid = message.get('pid');
  const value = pid instanceof Map ? pid.get(name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function membersOf(value: JsonValue | undefined, names: readonly string[]): Map<string, JsonValue> {
  if (!(value instanceof Map) || value.size !== names.length) throw malformed('bad_schema');
  if (names.some((name) => !value.has(name))) throw malformed('bad_schema');
  return value;
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw malformed('bad_schema');
  return value;
}

function algorithmOf(value: JsonValue | undefined): VdsNcAlgorithm {
  const name = textOf(value);
  if (!Object.hasOwn(vdsNcAlgorithms, name)) throw unsupported('unsupported_signature_algorithm');
  return name as VdsNcAlgorithm;
}

/** Base64url (RFC 4648 §5), padding optional; one spelling only, so that no bit of the seal is free to change. */
function base64Of(value: JsonValue | undefined): Buffer {
  const text = textOf(value);
  const octets = Buffer.from(text, 'base64url');
  const spelled = octets.toString('base64url');
  const padded = spelled.padEnd(Math.ceil(spelled.length / 4) * 4, '=');
  if (octets.length === 0 || (text !== spelled && text !== padded)) throw malformed('bad_base64');
  return octets;
}
