import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real documents, which are not ours to copy into the project. */
export const vectorsFolder = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

export function vector(path: string): Buffer {
  return readFileSync(join(vectorsFolder, path));
}

export function vectorNames(folder: string): string[] {
  return readdirSync(join(vectorsFolder, folder)).toSorted();
}

/** Zones that the tests of other libraries hold, sound and not, of every format. */
export function sharedZones(): string[][] {
  const samples = JSON.parse(vector('mrz/mrz_samples.json').toString()) as { mrz: string[] }[];
  return samples.map(({ mrz }) => mrz);
}

/** The moment for which all of them are judged. */
export const now = new Date('2026-11-22T12:00:00Z');
