import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Spelling } from './spellings.ts';

/** A secret that must be nowhere, with all its spellings. */
export interface Canary {
  name: string;
  spellings: readonly Spelling[];
}

export interface Find {
  canary: string;
  spelling: string;
  /** The file, or what else was searched. */
  place: string;
  at: number;
  /** What stands around it, unprintable octets as dots. */
  around: string;
}

/** Looks for many byte patterns at once. */
export interface Search {
  /** How many patterns it looks for. */
  patterns: number;
  /** The finds in `bytes`: the first of each pattern. */
  in(place: string, bytes: Buffer): Find[];
}

interface Pattern {
  canary: string;
  spelling: string;
  bytes: Buffer;
}

const SHORTEST = 6;

/** Makes a search: a table of the first three octets of every pattern, so that one pass over the bytes is enough. */
export function searchFor(canaries: readonly Canary[]): Search {
  const patterns = canaries.flatMap(({ name, spellings }) =>
    spellings.map(({ name: spelling, bytes }) => ({ canary: name, spelling, bytes })),
  );
  for (const { canary, spelling, bytes } of patterns)
    if (bytes.length < SHORTEST) throw new Error(`${canary} as ${spelling} is found by chance.`);
  const starts = new Uint8Array(1 << 24);
  const byStart = new Map<number, Pattern[]>();
  for (const pattern of patterns) {
    const key = pattern.bytes.readUIntBE(0, 3);
    starts[key] = 1;
    byStart.set(key, [...(byStart.get(key) ?? []), pattern]);
  }
  return {
    patterns: patterns.length,
    in(place, bytes) {
      const found = new Map<Pattern, Find>();
      let key = 0;
      for (let at = 0; at < bytes.length; at++) {
        key = ((key << 8) | bytes[at]!) & 0xffffff;
        if (starts[key] === 0 || at < 2) continue;
        for (const pattern of byStart.get(key)!) {
          const start = at - 2;
          const end = start + pattern.bytes.length;
          if (found.has(pattern) || end > bytes.length) continue;
          if (bytes.compare(pattern.bytes, 0, pattern.bytes.length, start, end) !== 0) continue;
          const around = bytes.toString('latin1', Math.max(0, start - 60), end + 60);
          found.set(pattern, {
            canary: pattern.canary,
            spelling: pattern.spelling,
            place,
            at: start,
            around: around.replaceAll(/[^\x20-\x7e]/g, '.'),
          });
        }
      }
      return [...found.values()];
    },
  };
}

/** All files below a folder, but for the folders right in it that are left out by name. */
export function filesBelow(folder: string, leftOut: readonly string[] = []): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.includes(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

const WAL_PAGE_BYTES = 8192;
const LONG_HEADER_FLAG = 2;

/**
 * The records of write-ahead log segments without the header that stands on every page of 8 KiB (xlog_internal.h): a value that
 * crosses a page is torn in two in the file, and whole in here.
 */
export function walRecords(segments: readonly string[]): Buffer {
  const pages = segments.toSorted().flatMap((file) => {
    const bytes = readFileSync(file);
    const starts = Array.from(
      { length: bytes.length / WAL_PAGE_BYTES },
      (_, n) => n * WAL_PAGE_BYTES,
    );
    return starts.map((start) => {
      const isLong = (bytes.readUInt16LE(start + 2) & LONG_HEADER_FLAG) !== 0;
      return bytes.subarray(start + (isLong ? 40 : 24), start + WAL_PAGE_BYTES);
    });
  });
  return Buffer.concat(pages);
}

/** Searches files whole. */
export function searchFiles(search: Search, files: readonly string[]): Find[] {
  return files.flatMap((file) => search.in(file, readFileSync(file)));
}
