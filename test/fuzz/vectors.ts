import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from './fuzz-target.ts';

/**
 * Inputs that once broke a parser, or reached code as no other does: `TARGET.txt`, one a line in hex. Every `npm test` replays
 * them, and every fuzzing starts from them.
 */
const folder = fileURLToPath(new URL('../vectors/fuzz', import.meta.url));
const crashes = join(folder, 'crashes');

export interface FuzzVector {
  target: string;
  bytes: Buffer;
}

export function fuzzVectors(): FuzzVector[] {
  return [...linesOfVectors(), ...crashVectors()];
}

function linesOfVectors(): FuzzVector[] {
  return filesIn(folder, '.txt').flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'latin1').split('\n');
    const target = name.slice(0, -'.txt'.length);
    return lines
      .filter((line, at) => line !== '' || at < lines.length - 1)
      .map((line) => ({ target, bytes: Buffer.from(line, 'hex') }));
  });
}

/** `TARGET-DIGEST.bin`: what once broke a parser. */
function crashVectors(): FuzzVector[] {
  return filesIn(crashes, '.bin').map((name) => ({
    target: name.split('-')[0]!,
    bytes: readFileSync(join(crashes, name)),
  }));
}

function filesIn(path: string, ending: string): string[] {
  mkdirSync(path, { recursive: true });
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .toSorted();
}

export function keepVector({ target, bytes }: FuzzVector): void {
  appendFileSync(join(folder, `${target}.txt`), `${bytes.toString('hex')}\n`);
}

/** Writes what broke a parser among the vectors; beside the project where somebody else's document lies in it. Gives the path. */
export function keepFinding({ target, bytes, ours }: Finding): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const path = join(ours ? crashes : tmpdir(), `${target}-${digest}.bin`);
  mkdirSync(crashes, { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
