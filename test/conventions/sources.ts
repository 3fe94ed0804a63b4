import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface Source {
  /** Path from the project's root, with forward slashes. */
  path: string;
  text: string;
}

/** Every TypeScript file below a folder of the project. */
export function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => {
        const path = join(ROOT, folder, name);
        return { path: relative(ROOT, path), text: readFileSync(path, 'utf8') };
      }),
  );
}

/** The text without comments, so that prose about a thing is not mistaken for its use. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}
