import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { registerContent } from './sandbox-record.ts';
import type { RegisterContent } from './sandbox-record.ts';

export interface RecordFile {
  content(): RegisterContent;
  /** Replaces the content, on disk before in memory: what was answered is never forgotten. */
  replace(next: RegisterContent): void;
}

/**
 * Opens the register's file, or makes it from `seed`. One process holds it. Throws where it is there and cannot be
 * read as ours: a sandbox that silently starts afresh would contradict what people have seen.
 */
export function openRecordFile(path: string, seed: () => RegisterContent): RecordFile {
  mkdirSync(dirname(path), { recursive: true });
  let held = read(path);
  if (!held) {
    held = seed();
    write(path, held);
  }
  let content = held;
  return {
    content: () => content,
    replace: (next) => {
      write(path, next);
      content = next;
    },
  };
}

function read(path: string): RegisterContent | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = registerContent.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Error(`${path} is not a sandbox register's file. Remove it to start afresh.`);
  return parsed.data;
}

/** A whole new file under another name, then the rename: after a crash there is the old content or the new one. */
function write(path: string, content: RegisterContent): void {
  const next = `${path}.next`;
  const file = openSync(next, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
