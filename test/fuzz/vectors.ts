import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Inputs that once broke a parser, or were refused as no other was: `TARGET.txt`, one a line in hex. Every `npm test` replays
 * them.
 */
const folder = fileURLToPath(new URL('../vectors/fuzz', import.meta.url));

export interface FuzzVector {
  target: string;
  bytes: Buffer;
}

export function fuzzVectors(): FuzzVector[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => {
      const lines = readFileSync(join(folder, name), 'latin1').split('\n');
      const target = name.slice(0, -'.txt'.length);
      return lines
        .filter((line, at) => line !== '' || at < lines.length - 1)
        .map((line) => ({ target, bytes: Buffer.from(line, 'hex') }));
    });
}

export function keepVector({ target, bytes }: FuzzVector): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `${target}.txt`), `${bytes.toString('hex')}\n`);
}
