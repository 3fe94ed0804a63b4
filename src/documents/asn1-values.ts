import { childrenOf, contentOf, contentText, type Element } from './ber.ts';
import { malformed } from './format-refusal.ts';

/** Universal tags (X.680 §8.4), as identifier octets. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  constructedOctetString: 0x24,
} as const;

/** `element`, if it is there and has this tag. */
export function expectTag(element: Element | undefined, tag: number, reason: string): Element {
  if (element === undefined || element.tag !== tag) throw malformed(reason);
  return element;
}

export function sequenceOf(element: Element | undefined, reason: string): Element[] {
  return childrenOf(expectTag(element, Tag.sequence, reason));
}

const decodedOids = new Map<string, string>();

/** Dotted form of an OBJECT IDENTIFIER. Refuses arcs over 2^53 and more than 64 octets. */
export function oidOf(element: Element | undefined, reason = 'oid_expected'): string {
  const key = contentText(expectTag(element, Tag.oid, reason), 'latin1');
  if (key.length === 0 || key.length > 64) throw malformed('bad_oid');
  const known = decodedOids.get(key);
  if (known !== undefined) return known;
  const oid = decodeOid(Buffer.from(key, 'latin1'));
  if (decodedOids.size < 500) decodedOids.set(key, oid);
  return oid;
}

function decodeOid(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  let inside = false;
  for (const octet of content) {
    if (!inside && octet === 0x80) throw malformed('bad_oid');
    arc = arc * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(arc)) throw malformed('bad_oid');
    inside = (octet & 0x80) !== 0;
    if (inside) continue;
    if (arcs.length === 0) {
      const root = Math.min(Math.floor(arc / 40), 2);
      arcs.push(root, arc - root * 40);
    } else {
      arcs.push(arc);
    }
    arc = 0;
  }
  if (inside) throw malformed('bad_oid');
  return arcs.join('.');
}

/** Content octets of an INTEGER, sign octet kept. */
export function integerOctets(element: Element | undefined, reason = 'integer_expected'): Buffer {
  const content = contentOf(expectTag(element, Tag.integer, reason));
  if (content.length === 0) throw malformed('bad_integer');
  return content;
}

/** A non-negative INTEGER as hex without leading zeros (`0` for zero). Refuses a negative one. */
export function unsignedHexOf(element: Element | undefined, reason?: string): string {
  const content = integerOctets(element, reason);
  if (content[0]! >= 0x80) throw malformed('negative_integer');
  return content.toString('hex').replace(/^0+(?=.)/, '');
}

/** A small non-negative INTEGER (below 2^31). */
export function smallIntegerOf(element: Element | undefined, reason?: string): number {
  const content = integerOctets(element, reason);
  if (content[0]! >= 0x80 || content.length > 4) throw malformed('integer_out_of_range');
  return content.readUIntBE(0, content.length);
}

export function booleanOf(element: Element | undefined): boolean {
  const content = contentOf(expectTag(element, Tag.boolean, 'boolean_expected'));
  if (content.length !== 1) throw malformed('bad_boolean');
  return content[0] !== 0;
}

/** Content of a BIT STRING that holds whole octets (keys and signatures do). */
export function bitStringOctets(element: Element | undefined, reason: string): Buffer {
  const content = contentOf(expectTag(element, Tag.bitString, reason));
  if (content.length === 0 || content[0] !== 0) throw malformed(reason);
  return content.subarray(1);
}

/**
 * Content of an OCTET STRING. BER allows it in pieces (X.690 §8.7.3), which are joined: only the pieces' own octets
 * count, so joining changes nothing that is hashed.
 */
export function octetsOf(element: Element | undefined, reason: string): Buffer {
  if (element === undefined) throw malformed(reason);
  if (element.tag === Tag.octetString) return contentOf(element);
  if (element.tag !== Tag.constructedOctetString || element.reading.rules !== 'ber') {
    throw malformed(reason);
  }
  return Buffer.concat(childrenOf(element).map((piece) => octetsOf(piece, reason)));
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?Z$/;

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime in UTC (RFC 5280 §4.1.2.5). */
export function timeOf(element: Element | undefined): number {
  if (element === undefined) throw malformed('time_expected');
  const text = contentText(element, 'latin1');
  const utc = element.tag === Tag.utcTime ? UTC_TIME.exec(text) : null;
  const match = element.tag === Tag.generalizedTime ? GENERALIZED_TIME.exec(text) : utc;
  if (match === null) throw malformed('bad_time');
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const fullYear = utc ? (year! < 50 ? 2000 + year! : 1900 + year!) : year!;
  const instant = Date.UTC(fullYear, month! - 1, day, hour, minute, second);
  const back = new Date(instant);
  const real = back.getUTCMonth() === month! - 1 && back.getUTCDate() === day && hour! < 24;
  if (!real || minute! > 59 || second! > 60) throw malformed('bad_time');
  return instant;
}

const TEXT_TAGS: readonly number[] = [
  Tag.utf8String,
  Tag.bmpString,
  Tag.printableString,
  Tag.ia5String,
  Tag.t61String,
];

/** Whether `textOf` reads it. */
export function isText(element: Element): boolean {
  return TEXT_TAGS.includes(element.tag);
}

/** Text of any of the DirectoryString kinds. */
export function textOf(element: Element): string {
  switch (element.tag) {
    case Tag.utf8String:
      return contentText(element, 'utf8');
    case Tag.bmpString: {
      const content = Buffer.from(contentOf(element));
      return content.length % 2 === 0
        ? content.swap16().toString('utf16le')
        : content.toString('latin1');
    }
    case Tag.printableString:
    case Tag.ia5String:
    case Tag.t61String:
      return contentText(element, 'latin1');
    default:
      throw malformed('text_expected');
  }
}
