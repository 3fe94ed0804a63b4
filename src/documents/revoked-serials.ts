import { Tag } from './asn1-values.ts';
import type { Element } from './ber.ts';
import { malformed } from './format-refusal.ts';

/** A CSCA issues document signers by the hundred; a list this long still costs a tenth of what may hold the event loop. */
export const MAX_REVOKED = 100_000;

/** The serial numbers that a revocation list names: where each one stands in the list's own octets, nothing copied. */
export interface RevokedSerials {
  readonly size: number;
  /** `serial`: content octets in hex, as in `Certificate`. */
  has(serial: string): boolean;
  /** Those from one position in the list up to another. */
  slice(from: number, to: number): string[];
}

export const NONE_REVOKED: RevokedSerials = serialsAt(Buffer.alloc(0), new Uint32Array(0));

/**
 * Reads the entries of a list (RFC 5280 §5.1.2.6): serial number, time, whatever extensions. Octet by octet, as an object for
 * each element is fifty times as dear, and it is the only part of a document without a small bound.
 */
export function revokedSerialsOf(list: Element): RevokedSerials {
  const { source, contentEnd } = list;
  const starts = new Uint32Array(Math.min(MAX_REVOKED, (contentEnd - list.contentStart) >> 2));
  let count = 0;
  let at = list.contentStart;
  while (at < contentEnd) {
    const entry = contentAt(source, at, contentEnd, Tag.sequence);
    const end = endAt(source, at, contentEnd);
    const time = endAt(source, entry, end);
    const rest = endAt(source, time, end);
    if (contentAt(source, entry, end, Tag.integer) === time) throw malformed('bad_integer');
    if (!isTime(source, time, rest)) throw malformed('bad_time');
    if (rest !== end) {
      contentAt(source, rest, end, Tag.sequence);
      if (endAt(source, rest, end) !== end) throw malformed('bad_crl_entry');
    }
    if (count === starts.length) throw malformed('too_many_revoked');
    starts[count++] = entry;
    at = end;
  }
  return serialsAt(source, starts.slice(0, count));
}

/** `starts`: of the INTEGERs. A scan, not an index: one chip asks one list once, and nobody can make a scan collide. */
function serialsAt(source: Buffer, starts: Uint32Array): RevokedSerials {
  const serialAt = (start: number) => {
    const end = endAt(source, start, source.length);
    return source.subarray(contentAt(source, start, end, Tag.integer), end);
  };
  return {
    size: starts.length,
    has: (serial) => {
      const wanted = Buffer.from(serial, 'hex');
      const last = wanted.at(-1);
      return starts.some((start) => {
        const end = endAt(source, start, source.length);
        return source[end - 1] === last && serialAt(start).equals(wanted);
      });
    },
    slice: (from, to) =>
      Array.from(starts.subarray(from, to), (start) => serialAt(start).toString('hex')),
  };
}

/** Where the content of the element at `at` starts, which must have this tag. */
function contentAt(source: Buffer, at: number, limit: number, tag: number): number {
  if (at >= limit || source[at] !== tag) throw malformed('bad_crl_entry');
  if (at + 1 >= limit) throw malformed('truncated');
  return at + 2 + lengthOctets(source[at + 1]!);
}

/** Past the element at `at`: DER, and nothing in a list's entry is longer than two octets of length say. */
function endAt(source: Buffer, at: number, limit: number): number {
  if (at + 1 >= limit) throw malformed('truncated');
  const first = source[at + 1]!;
  const octets = lengthOctets(first);
  const content = at + 2 + octets;
  if (content > limit) throw malformed('truncated');
  let length = first;
  if (octets > 0) {
    length = octets === 1 ? source[at + 2]! : source.readUInt16BE(at + 2);
    if (length < (octets === 1 ? 0x80 : 0x100)) throw malformed('length_not_minimal');
  }
  if (length > limit - content) throw malformed('length_past_end');
  return content + length;
}

function lengthOctets(first: number): number {
  if (first < 0x80) return 0;
  if (first === 0x81 || first === 0x82) return first & 0x7f;
  throw malformed(first === 0x80 ? 'indefinite_length' : 'length_past_end');
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** A UTCTime or GeneralizedTime to the second, in UTC (RFC 5280 §4.1.2.5): nobody asks which, so it only has to be one. */
function isTime(source: Buffer, at: number, end: number): boolean {
  const tag = source[at];
  const yearDigits = tag === Tag.utcTime ? 2 : 4;
  if (tag !== Tag.utcTime && tag !== Tag.generalizedTime) return false;
  const from = at + 2 + yearDigits;
  if (end !== from + 11 || source[end - 1] !== 0x5a) return false;
  for (let spot = at + 2; spot < end - 1; spot++) {
    if (source[spot]! < 0x30 || source[spot]! > 0x39) return false;
  }
  const month = twoDigits(source, from);
  const day = twoDigits(source, from + 2);
  if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]!) return false;
  return (
    twoDigits(source, from + 4) < 24 &&
    twoDigits(source, from + 6) < 60 &&
    twoDigits(source, from + 8) <= 60
  );
}

function twoDigits(source: Buffer, at: number): number {
  return (source[at]! - 0x30) * 10 + source[at + 1]! - 0x30;
}
