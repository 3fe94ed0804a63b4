import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readStartMark } from '../../../src/lib/embedded-postgres/processes.ts';

export const asRoot = process.getuid?.() === 0;
export const silentLog = { info: () => undefined, warn: () => undefined };

/** A new data folder that PostgreSQL's own user can reach, and the function that removes it. */
export async function makeDataDir(): Promise<{ dataDir: string; remove(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tangchat-pg-'));
  await chmod(dataDir, 0o711);
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }) };
}

export interface Holder {
  pid: number;
  answer: { url: string; adopted: boolean; reason?: string; message: string };
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts another process on the data folder and waits until it has started or been refused. */
export async function startHolder(
  dataDir: string,
  options: { flags?: string[]; user?: { uid: number; gid: number } } = {},
): Promise<Holder> {
  const holder = spawnHolder(dataDir, options);
  const lines = createInterface({ input: holder.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return {
    pid: holder.pid ?? 0,
    answer: JSON.parse(line),
    kill: async (signal) => {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      const gone = once(holder, 'exit');
      holder.kill(signal);
      await gone;
    },
  };
}

export function spawnHolder(
  dataDir: string,
  options: { flags?: string[]; user?: { uid: number; gid: number } } = {},
) {
  const script = fileURLToPath(new URL('./holder.ts', import.meta.url));
  return spawn(process.execPath, [script, dataDir, ...(options.flags ?? [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options.user,
  });
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The process number in the first line of `postmaster.pid`. */
export async function readPostmasterPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

/** Does process `pid` run? One that waits for its parent (here the init process) to take note of its end does not. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await readStartMark(pid)) !== null;
}
