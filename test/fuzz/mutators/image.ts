import { drawnOctets, oneOf, type Change, type Draw } from './draw.ts';

const JPEG2000 = Buffer.from('ff4fff51', 'hex');
const SIZES = [0, 1, 400, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
const STARTS = ['ffd8ffe0', 'ff4fff51', '0000000c6a5020200d0a870a', '89504e470d0a1a0a'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/** A number of 1, 2 or 4 octets behind one of the marks of an image, another one. */
function withNumber(bytes: Buffer, draw: Draw, { at, width }: { at: number; width: number }) {
  if (at < 0 || at + width > bytes.length) return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUIntBE(oneOf(draw, SIZES) % 2 ** (8 * width), at, width);
  return changed;
}

const replaced = (bytes: Buffer, from: number, to: number, by: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

/** Markers of JPEG and JPEG 2000: FF and an octet that is none of the image's own. */
function markersOf(bytes: Buffer): number[] {
  const markers: number[] = [];
  for (let at = 0; at + 3 < bytes.length && markers.length < 200; at++) {
    if (bytes[at] === 0xff && bytes[at + 1]! > 0x4e && bytes[at + 1] !== 0xff) markers.push(at);
  }
  return markers;
}

const CHANGES: readonly Change[] = [
  // SIZ: width and height at 8 and 12, offsets at 16 and 20, components at 40 from the start of the codestream.
  (bytes, { draw }) => {
    const [field, width] = oneOf(draw, [
      [8, 4],
      [12, 4],
      [16, 4],
      [20, 4],
      [40, 2],
    ] as const);
    const start = bytes.indexOf(JPEG2000);
    return start === -1 ? bytes : withNumber(bytes, draw, { at: start + field, width });
  },
  (bytes, { draw }) => {
    const header = bytes.indexOf('ihdr');
    return header === -1 ? bytes : withNumber(bytes, draw, { at: header + 4 * draw(4), width: 4 });
  },
  // The face record: lengths of record and face, points, and the quality of neither.
  (bytes, { draw }) => {
    const record = bytes.indexOf('FAC\0', 0, 'latin1');
    const [field, width] = oneOf(draw, [
      [8, 4],
      [12, 2],
      [14, 4],
      [18, 2],
    ] as const);
    return record === -1 ? bytes : withNumber(bytes, draw, { at: record + field, width });
  },
  (bytes, { draw }) => {
    const markers = markersOf(bytes);
    if (markers.length === 0) return bytes;
    return withNumber(bytes, draw, { at: oneOf(draw, markers) + 2, width: 2 });
  },
  (bytes, { draw }) => {
    const markers = markersOf(bytes);
    if (markers.length === 0) return bytes;
    const at = oneOf(draw, markers);
    return replaced(bytes, at, at + (draw(2) === 0 ? 2 : 0), bytes.subarray(at, at + draw(40)));
  },
  (bytes, { draw }) => {
    const start = oneOf(draw, STARTS);
    return replaced(bytes, 0, draw(2) === 0 ? start.length : 0, start);
  },
  (bytes, { draw }) => {
    const record = Math.max(0, bytes.indexOf(JPEG2000));
    return replaced(bytes, record, record, oneOf(draw, [JPEG2000, drawnOctets(draw, 12)]));
  },
];

/** Changes a marker, a box or a size of an image, wherever it stands. */
export const changeImage: Change = (bytes, supply) => oneOf(supply.draw, CHANGES)(bytes, supply);
