/** One octet a block of the instrumented modules. They find it under this name. */
export const COUNTERS = 'globalThis.__tangchatFuzzBlocks';
const MAX_BLOCKS = 16_384;

declare global {
  var __tangchatFuzzBlocks: Uint8Array | undefined;
}

const counters = (globalThis.__tangchatFuzzBlocks ??= new Uint8Array(MAX_BLOCKS));
/** The same octets by fours: most are zero, and are passed over so. */
const words = new Uint32Array(counters.buffer);

/** Numbers of runs through a block as AFL tells them apart: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
const BUCKETS = 8;
const bucketOf = Uint8Array.from({ length: 256 }, (_, count) => {
  const ends = [1, 2, 3, 7, 15, 31, 127, 255];
  return ends.findIndex((end) => count <= end);
});

/** How many different features there can be: a block, run a certain number of times. */
export const MAX_FEATURES = MAX_BLOCKS * BUCKETS;

export function blockOf(feature: number): number {
  return Math.floor(feature / BUCKETS);
}

export function clearBlocks(): void {
  words.fill(0);
}

/** Calls back with each feature of what ran since `clearBlocks`. */
export function forEachFeature(blocks: number, visit: (feature: number) => void): void {
  const end = Math.ceil(blocks / 4);
  for (let word = 0; word < end; word++) {
    if (words[word] === 0) continue;
    for (let block = word * 4; block < word * 4 + 4; block++) {
      const count = counters[block]!;
      if (count !== 0) visit(block * BUCKETS + bucketOf[count]!);
    }
  }
}

export function requireRoom(blocks: number): void {
  if (blocks > MAX_BLOCKS) throw new Error(`${blocks} blocks, and room for ${MAX_BLOCKS}`);
}
