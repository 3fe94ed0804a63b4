import { randomBytes, randomInt } from 'node:crypto';

/** Where randomness comes from: a CSPRNG, injected so that no domain calls one by itself. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Buffer;
  /** A uniform integer in `[0, exclusiveMax)`, by rejection sampling. */
  integer(exclusiveMax: number): number;
  /** A base64url token of `byteLength` random bytes (default 32, 256 bits). */
  token(byteLength?: number): string;
}

const POOL_BYTES = 8192;
/** Longer ones are asked for by themselves. */
const POOLED_AT_MOST = 64;
let pool = Buffer.alloc(0);
let used = 0;

/**
 * The generator costs some 3 µs a call however little is asked, and a request asks a dozen times: ask for much, give
 * each byte once, and forget it.
 */
function pooledBytes(length: number): Buffer {
  if (length > POOLED_AT_MOST) return randomBytes(length);
  if (used + length > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  const given = Buffer.from(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return given;
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: pooledBytes,
  integer: (exclusiveMax) => randomInt(exclusiveMax),
  token: (byteLength = 32) => pooledBytes(byteLength).toString('base64url'),
};
