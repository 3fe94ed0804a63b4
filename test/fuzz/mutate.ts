/** Small repeatable randomness: the same seed gives the same run (mulberry32). */
export function seeded(seed: number): (exclusiveMax: number) => number {
  let state = seed >>> 0;
  return (exclusiveMax) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % exclusiveMax;
  };
}

export type Draw = ReturnType<typeof seeded>;
type Change = (bytes: Buffer, draw: Draw, other: Buffer) => Buffer;

/** Octets on which parsers part: ends of ranges, BER lengths and tags, fillers. */
const INTERESTING = [
  0x00, 0x01, 0x1f, 0x20, 0x30, 0x31, 0x3c, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xa0, 0xff,
];

const spot = (bytes: Buffer, draw: Draw) => (bytes.length === 0 ? 0 : draw(bytes.length));

function withOctet(bytes: Buffer, at: number, octet: (old: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[at] = octet(changed[at]!) & 0xff;
  return changed;
}

function spliced(bytes: Buffer, from: number, to: number, between: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);
}

const CHANGES: readonly Change[] = [
  (bytes, draw) => withOctet(bytes, spot(bytes, draw), (old) => old ^ (1 << draw(8))),
  (bytes, draw) => withOctet(bytes, spot(bytes, draw), () => draw(256)),
  (bytes, draw) =>
    withOctet(bytes, spot(bytes, draw), () => INTERESTING[draw(INTERESTING.length)]!),
  (bytes, draw) => withOctet(bytes, spot(bytes, draw), (old) => old + draw(3) - 1),
  (bytes, draw) => bytes.subarray(0, spot(bytes, draw)),
  (bytes, draw) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from + 1 + draw(8), Buffer.alloc(0));
  },
  (bytes, draw) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from, bytes.subarray(from, from + 1 + draw(64)));
  },
  (bytes, draw) => {
    const from = spot(bytes, draw);
    const added = Buffer.from(Array.from({ length: 1 + draw(6) }, () => draw(256)));
    return spliced(bytes, from, from, added);
  },
  (bytes, draw, other) => {
    const [from, otherFrom] = [spot(bytes, draw), spot(other, draw)];
    const part = other.subarray(otherFrom, otherFrom + 1 + draw(128));
    return spliced(bytes, from, from + (draw(2) === 0 ? 0 : part.length), part);
  },
  (bytes, draw) => {
    const from = spot(bytes, draw);
    return spliced(bytes, from, from + 1, Buffer.from([0x84, draw(256), 0xff, 0xff, 0xff]));
  },
];

const MAX_BYTES = 65_536;

/** One to four changes, one of them now and then with a part of another input. */
export function mutated(bytes: Buffer, draw: Draw, other: Buffer): Buffer {
  let changed = bytes;
  for (let left = 1 + draw(4); left > 0; left--) {
    changed = CHANGES[draw(CHANGES.length)]!(changed, draw, other);
  }
  return Buffer.from(changed.subarray(0, MAX_BYTES));
}
