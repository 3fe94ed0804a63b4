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

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  integer: (exclusiveMax) => randomInt(exclusiveMax),
  token: (byteLength = 32) => randomBytes(byteLength).toString('base64url'),
};
