import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Sound inputs of our own making, one file each, named `KIND-WHAT.bin`. They are kept and not made anew, since no signature comes
 * out twice the same: so one seed number repeats a whole run.
 */
const folder = fileURLToPath(new URL('../../vectors/fuzz/seeds', import.meta.url));

/** All seeds of the kinds, in the order of their names. */
export function readSeeds(...kinds: readonly string[]): Buffer[] {
  return readdirSync(folder)
    .toSorted()
    .filter((name) => kinds.includes(name.split('-')[0]!))
    .map((name) => readFileSync(join(folder, name)));
}

export function readSeed(name: string): Buffer {
  return readFileSync(join(folder, `${name}.bin`));
}

export function writeSeed(name: string, bytes: Buffer): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.bin`), bytes);
}
