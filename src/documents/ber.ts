import { malformed } from './format-refusal.ts';

/**
 * A strict, bounded, lazy reader of BER and DER (ITU-T X.690). It never copies and never re-encodes: an element points
 * into the bytes as they came, so what is hashed is what was uploaded.
 *
 * `der` refuses indefinite lengths and lengths that are not minimal. `ber` allows both: the CMS level of some real
 * passports needs them (NZ 2013).
 */
export type BerRules = 'ber' | 'der';

export interface Element {
  /** All identifier octets as one number: 0x30, 0xa0, 0x5f1f, 0x7f61. */
  readonly tag: number;
  readonly constructed: boolean;
  readonly source: Buffer;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  /** Past the content, and past the end-of-contents octets of an indefinite length. */
  readonly end: number;
  readonly depth: number;
  readonly reading: Reading;
}

interface Reading {
  readonly rules: BerRules;
  elementsLeft: number;
}

export interface BerLimits {
  rules?: BerRules;
  /** Elements read in all, over the life of the parse. */
  maxElements?: number;
}

const MAX_DEPTH = 32;
const DEFAULT_MAX_ELEMENTS = 20_000;

/** The one element that `bytes` are. Refuses bytes after it. */
export function readOnly(bytes: Buffer, limits: BerLimits = {}): Element {
  const element = readFirst(bytes, limits);
  if (element.end !== bytes.length) throw malformed('trailing_bytes');
  return element;
}

/** The first element of `bytes`, for callers that judge what follows it themselves. */
export function readFirst(bytes: Buffer, limits: BerLimits = {}): Element {
  const reading: Reading = {
    rules: limits.rules ?? 'der',
    elementsLeft: limits.maxElements ?? DEFAULT_MAX_ELEMENTS,
  };
  return readElement(bytes, 0, bytes.length, 0, reading);
}

/** The elements directly inside a constructed element, in order. */
export function childrenOf(parent: Element): Element[] {
  if (!parent.constructed) throw malformed('not_constructed');
  const { source, contentEnd, reading } = parent;
  const children: Element[] = [];
  let at = parent.contentStart;
  while (at < contentEnd) {
    const child = readElement(source, at, contentEnd, parent.depth + 1, reading);
    children.push(child);
    at = child.end;
  }
  return children;
}

/** The content octets, as they came. */
export function contentOf(element: Element): Buffer {
  return element.source.subarray(element.contentStart, element.contentEnd);
}

/** The content octets as text: half the cost of a buffer made of them first. */
export function contentText(element: Element, encoding: 'hex' | 'latin1' | 'utf8'): string {
  return element.source.toString(encoding, element.contentStart, element.contentEnd);
}

/** Identifier, length and content octets, as they came. */
export function rawOf(element: Element): Buffer {
  return element.source.subarray(element.start, element.end);
}

/** Positional, and without an object for each part: every octet of a document goes through here. */
function readElement(
  source: Buffer,
  start: number,
  limit: number,
  depth: number,
  reading: Reading,
): Element {
  if (depth > MAX_DEPTH) throw malformed('nested_too_deep');
  if (--reading.elementsLeft < 0) throw malformed('too_many_elements');
  const tagBytes = tagBytesAt(source, start, limit);
  const tag = tagBytes === 1 ? source[start]! : source.readUIntBE(start, tagBytes);
  if (tag === 0) throw malformed('unexpected_end_of_contents');
  const constructed = (source[start]! & 0x20) !== 0;
  const lengthAt = start + tagBytes;
  const contentStart = lengthAt + lengthBytesAt(source, lengthAt, limit);
  const length = lengthIn(source, lengthAt, contentStart, reading.rules);
  let contentEnd: number;
  let end: number;
  if (length !== INDEFINITE) {
    if (length > limit - contentStart) throw malformed('length_past_end');
    end = contentEnd = contentStart + length;
  } else {
    if (!constructed) throw malformed('indefinite_primitive');
    contentEnd = findEndOfContents(source, contentStart, limit, depth + 1, reading);
    end = contentEnd + 2;
  }
  return { tag, constructed, source, start, contentStart, contentEnd, end, depth, reading };
}

/** Where the content of an indefinite-length element ends: at the two zero octets on its own level. */
function findEndOfContents(
  source: Buffer,
  start: number,
  limit: number,
  depth: number,
  reading: Reading,
): number {
  let at = start;
  while (at < limit) {
    if (source[at] === 0) {
      if (at + 1 >= limit || source[at + 1] !== 0) throw malformed('bad_end_of_contents');
      return at;
    }
    at = readElement(source, at, limit, depth, reading).end;
  }
  throw malformed('missing_end_of_contents');
}

/** Tags of up to three octets: none that a travel document uses is longer. */
function tagBytesAt(source: Buffer, at: number, limit: number): number {
  if (at >= limit) throw malformed('truncated');
  if ((source[at]! & 0x1f) !== 0x1f) return 1;
  for (let bytes = 2; bytes <= 3; bytes++) {
    if (at + bytes > limit) throw malformed('truncated');
    if ((source[at + bytes - 1]! & 0x80) === 0) return bytes;
  }
  throw malformed('tag_too_long');
}

function lengthBytesAt(source: Buffer, at: number, limit: number): number {
  if (at >= limit) throw malformed('truncated');
  const first = source[at]!;
  if (first <= 0x80) return 1;
  const octets = first & 0x7f;
  if (octets > 4) throw malformed('length_too_long');
  if (at + 1 + octets > limit) throw malformed('truncated');
  return 1 + octets;
}

const INDEFINITE = -1;

function lengthIn(source: Buffer, at: number, end: number, rules: BerRules): number {
  const first = source[at]!;
  if (first < 0x80) return first;
  if (first === 0x80) {
    if (rules === 'der') throw malformed('indefinite_length');
    return INDEFINITE;
  }
  let length = 0;
  for (let octet = at + 1; octet < end; octet++) length = length * 256 + source[octet]!;
  const minimal = length >= 0x80 && source[at + 1] !== 0;
  if (rules === 'der' && !minimal) throw malformed('length_not_minimal');
  return length;
}
