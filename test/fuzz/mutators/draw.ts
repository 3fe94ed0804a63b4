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

/** What a change may draw from besides chance. */
export interface Supply {
  draw: Draw;
  /** Another input of the same parser. */
  other: Buffer;
  /** Octets that the parsers' own code compares with, never empty. */
  dictionary: readonly Buffer[];
}

/** Gives a changed copy; the input itself where it is not of the shape that it changes. */
export type Change = (bytes: Buffer, supply: Supply) => Buffer;

export function oneOf<Item>(draw: Draw, items: readonly Item[]): Item {
  return items[draw(items.length)]!;
}

export function drawnOctets(draw: Draw, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => draw(256)));
}
