const MAX_TRIES = 600;

/** The input with as much cut out as leaves it what it is. */
export function shortened(bytes: Buffer, isStill: (candidate: Buffer) => boolean): Buffer {
  let best = bytes;
  let tries = 0;
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length && tries < MAX_TRIES; tries++) {
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (isStill(candidate)) best = candidate;
      else at += size;
    }
  }
  return Buffer.from(best);
}
