import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { StoredHead } from './chain-store.ts';

/** Enough for the last line, whatever its key. */
const TAIL_BYTES = 4096;

const Line = z.object({ seq: z.int(), link: z.string(), jws: z.string() });

/** Where a node keeps the heads it saw, outside the database. */
export function headsFileOf(dataDir: string): string {
  return join(dataDir, 'audit', 'heads.jsonl');
}

/**
 * Adds a head to the file and waits until the disk has it. What a crash left of a line is cut off first: nobody relied on it, since it
 * never reached the disk whole.
 */
export async function appendHead(file: string, head: StoredHead): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size, wholeBytes } = await measure(handle);
    if (wholeBytes < size) await handle.truncate(wholeBytes);
    const line = JSON.stringify({
      seq: head.seq,
      sealedAt: head.sealedAt,
      link: head.link.toString('hex'),
      jws: head.jws,
    });
    await handle.appendFile(`${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** How long the file is now, up to its last whole line; null where there is no file. */
export async function measureHeadsFile(file: string): Promise<number | null> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    return (await measure(handle)).wholeBytes;
  } finally {
    await handle.close();
  }
}

async function measure(handle: FileHandle): Promise<{ size: number; wholeBytes: number }> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  await handle.read(tail, 0, tail.length, size - tail.length);
  return { size, wholeBytes: size - tail.length + tail.lastIndexOf('\n') + 1 };
}

/** The last whole line of the file, unverified; null where there is none. */
export async function readLastHead(file: string): Promise<{ seq: number; link: string } | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const tail = Buffer.alloc(length);
    await handle.read(tail, 0, length, size - length);
    const lines = tail.toString('utf8').split('\n').slice(0, -1);
    for (const text of lines.toReversed()) {
      const line = parseLine(text);
      if (line !== null) return line;
    }
    return null;
  } finally {
    await handle.close();
  }
}

/** One line and what it says, or null where that is not readable. */
export type HeadLine = { number: number; head: { seq: number; link: string; jws: string } | null };

/** The lines of the file as a stream, up to `endBytes`. */
export async function* readHeadLines(file: string, endBytes: number): AsyncGenerator<HeadLine> {
  if (endBytes === 0) return;
  let number = 0;
  const input = createReadStream(file, { end: endBytes - 1 });
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    yield { number, head: parseLine(text) };
  }
}

function parseLine(text: string): { seq: number; link: string; jws: string } | null {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
