import argon2 from 'argon2';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';

/** OWASP's and our own least cost (DESIGN section 8): 19 MiB, two passes; about 65 ms. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** The hashes run on libuv's pool of four threads; files and name look-ups need the others. */
const AT_ONCE = 2;
/** About three seconds of work. Whoever comes later is asked to come again, so that a flood holds nobody for minutes. */
const MOST_WAITING = 100;

let running = 0;
const waiting: (() => void)[] = [];

/** Hashes what a person will type (argon2id), peppered with a key that is not in the database. */
export function hashTyped(app: Pick<App, 'keys'>, secret: string): Promise<string> {
  return bounded(() => argon2.hash(secret, { ...COST, secret: pepper(app) }));
}

/** Whether `secret` is what was hashed. */
export function verifyTyped(
  app: Pick<App, 'keys'>,
  hash: string,
  secret: string,
): Promise<boolean> {
  return bounded(() => argon2.verify(hash, secret, { secret: pepper(app) }));
}

/** A code of six digits has too few values for a hash alone: with the database, but without this key, it stays unknown. */
function pepper(app: Pick<App, 'keys'>): Buffer {
  return app.keys.tokenDigestKey.export();
}

async function bounded<Result>(work: () => Promise<Result>): Promise<Result> {
  if (waiting.length >= MOST_WAITING) throw new Fault('unavailable', { retryAfterSeconds: 5 });
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    // The place is handed on, so the count stays.
    if (next) next();
    else running--;
  }
}
