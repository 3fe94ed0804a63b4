/** A small writer of DER (X.690 §10): what the public-key import and the passport maker need, no more. */

/** One element: identifier octets as a number (0x30, 0x5f1f), then its parts joined. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([identifierOctets(tag), lengthOctets(content.length), content]);
}

export const derSequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

/** SET OF: DER sorts the elements by their octets (X.690 §11.6). */
export const derSetOf = (...parts: readonly Buffer[]): Buffer =>
  der(0x31, ...parts.toSorted((one, other) => Buffer.compare(one, other)));

/** A non-negative INTEGER from its big-endian octets. */
export function derUnsigned(octets: Uint8Array): Buffer {
  let first = 0;
  while (first < octets.length - 1 && octets[first] === 0) first++;
  const trimmed = Buffer.from(octets.subarray(first));
  return der(0x02, (trimmed[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), trimmed);
}

export const derInteger = (value: number): Buffer => {
  const hex = value.toString(16);
  return derUnsigned(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
};

export const derNull = (): Buffer => der(0x05);
export const derBoolean = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]));
export const derOctets = (octets: Uint8Array): Buffer => der(0x04, octets);
export const derUtf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'));
export const derPrintable = (text: string): Buffer => der(0x13, Buffer.from(text, 'latin1'));

/** BIT STRING of whole octets, or with `unusedBits` at the end of the last one. */
export const derBits = (octets: Uint8Array, unusedBits = 0): Buffer =>
  der(0x03, Buffer.from([unusedBits]), octets);

export function derOid(dotted: string): Buffer {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([root * 40 + second, ...rest].flatMap((arc) => base128(arc))));
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5), to the second. */
export function derTime(at: Date): Buffer {
  const digits = at.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '');
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`, 'latin1'))
    : der(0x18, Buffer.from(`${digits}Z`, 'latin1'));
}

/** `[n] EXPLICIT`. */
export const derExplicit = (tag: number, ...parts: readonly Uint8Array[]): Buffer =>
  der(0xa0 + tag, ...parts);

function identifierOctets(tag: number): Buffer {
  const hex = tag.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 + octets.length]), octets]);
}

function base128(arc: number): number[] {
  const septets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    septets.unshift(128 + (rest % 128));
  }
  return septets;
}
