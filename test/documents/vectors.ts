import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChipFileName } from '../../src/documents/chip-verdict.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';

/** Documents that others made, beside the project and never in it; tests that need them skip where they are absent. */
const folder = fileURLToPath(new URL('../../../shared/vectors', import.meta.url));

export const vectorsAreHere = existsSync(folder);

export function vectorPath(path: string): string {
  return join(folder, path);
}

export function vector(path: string): Buffer {
  return readFileSync(vectorPath(path));
}

export function vectorNames(path: string): string[] {
  return readdirSync(join(folder, path));
}

export function vectorJson(path: string): unknown {
  return JSON.parse(vector(path).toString('utf8'));
}

/** The CSCA certificates of the two published master lists. */
export function publishedAnchors(): Buffer[] {
  return ['DE_ML_2026-05-28.ml', 'NL_ML_2026-07-22.ml'].flatMap((name) => [
    ...parseMasterList(vector(`masterlists/${name}`)).certificates,
  ]);
}

/** `Datagroup1.bin` … and `EF_*.bin` of one folder, without the groups left out. */
export function chipFilesOf(
  path: string,
  without: readonly string[] = [],
): Map<ChipFileName, Buffer> {
  const files = new Map<ChipFileName, Buffer>();
  for (const name of vectorNames(path)) {
    const number = /^Datagroup(\d+)\.bin$/.exec(name)?.[1];
    const file = number === undefined ? name.replace('.bin', '') : `DG${number}`;
    const isChipFile = number !== undefined || file === 'EF_COM' || file === 'EF_SOD';
    if (!isChipFile || without.includes(file)) continue;
    files.set(file as ChipFileName, vector(join(path, name)));
  }
  return files;
}
