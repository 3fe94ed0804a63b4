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

/** The moment for which all of them are judged. */
export const now = new Date('2026-11-22T12:00:00Z');
