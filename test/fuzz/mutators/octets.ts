import { drawnOctets, oneOf, type Change, type Draw } from './draw.ts';

/** Octets on which parsers part: ends of ranges, BER lengths and tags, fillers. */
const INTERESTING = [
  0x00, 0x01, 0x1f, 0x20, 0x30, 0x31, 0x3c, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xa0, 0xff,
];
/** Big-endian numbers on which lengths and sizes overflow. */
const NUMBERS = [
  '0000',
  'ffff',
  '7fff',
  '8000',
  '00000000',
  'ffffffff',
  '7fffffff',
  '80000000',
  '00010000',
].map((hex) => Buffer.from(hex, 'hex'));

const spot = (bytes: Buffer, draw: Draw) => (bytes.length === 0 ? 0 : draw(bytes.length));

function withOctet(bytes: Buffer, at: number, octet: (old: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[at] = octet(changed[at]!) & 0xff;
  return changed;
}

function spliced(bytes: Buffer, from: number, to: number, between: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);
}

/** Changes that know nothing of any format. */
export const octetChanges: readonly Change[] = [
  (bytes, { draw }) => withOctet(bytes, spot(bytes, draw), (old) => old ^ (1 << draw(8))),
  (bytes, { draw }) => withOctet(bytes, spot(bytes, draw), () => draw(256)),
  (bytes, { draw }) => withOctet(bytes, spot(bytes, draw), () => oneOf(draw, INTERESTING)),
  (bytes, { draw }) => withOctet(bytes, spot(bytes, draw), (old) => old + draw(3) - 1),
  (bytes, { draw }) => bytes.subarray(0, spot(bytes, draw)),
  (bytes, { draw }) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from + 1 + draw(8), Buffer.alloc(0));
  },
  (bytes, { draw }) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from, bytes.subarray(from, from + 1 + draw(64)));
  },
  (bytes, { draw }) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from, drawnOctets(draw, 1 + draw(6)));
  },
  (bytes, { draw, other }) => {
    const [from, otherFrom] = [spot(bytes, draw), spot(other, draw)];
    const part = other.subarray(otherFrom, otherFrom + 1 + draw(128));
    return spliced(bytes, from, from + (draw(2) === 0 ? 0 : part.length), part);
  },
  (bytes, { draw }) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from + 1, Buffer.from([0x84, draw(256), 0xff, 0xff, 0xff]));
  },
  (bytes, { draw }) => {
    const from = spot(bytes, draw);
    const number = oneOf(draw, NUMBERS);
    return spliced(bytes, from, from + number.length, number);
  },
  (bytes, { draw, dictionary }) => {
    const from = spot(bytes, draw);
    const word = oneOf(draw, dictionary);
    return spliced(bytes, from, from + (draw(2) === 0 ? 0 : word.length), word);
  },
];
