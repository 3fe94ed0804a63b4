import { spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from '../at-end.ts';
import { isAlive, readPostmasterPid } from '../lib/embedded-postgres/scene.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Where one product lives over any number of starts: its folders, ports, and files of all that it prints. */
export interface Place {
  folder: string;
  dataDir: string;
  keysDir: string;
  port: number;
  url: string;
  registerUrl: string;
  agencyUrls: readonly [string, string];
  /** Standard output and standard error of every start, one after the other. */
  stdoutFile: string;
  stderrFile: string;
  /** The operating-system user of the process; our own where not given. */
  user?: OsUser;
}

export interface OsUser {
  uid: number;
  gid: number;
}

/** How a process ended: its exit code, or the signal. */
export type Ending = number | NodeJS.Signals;

export interface RunningProduct {
  pid: number;
  /** Resolves when it said that it is ready; rejects where it ended before. */
  ready: Promise<void>;
  exited: Promise<Ending>;
  /** What this start has printed on both streams. */
  output(): Promise<string>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ending>;
}

/** A place nobody has used; whatever still runs there is ended and all of it removed with the test. */
export async function makePlace(user?: OsUser): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-whole-'));
  // As root, PostgreSQL runs as another user, who must pass through.
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  if (user) {
    chownSync(folder, user.uid, user.gid);
    mkdirSync(dataDir, { mode: 0o700 });
    chownSync(dataDir, user.uid, user.gid);
  }
  const port = await fourFreePorts();
  atEnd(async () => {
    await endOrphan(dataDir);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    folder,
    dataDir,
    keysDir: join(folder, 'keys'),
    port,
    url: `http://localhost:${port}`,
    registerUrl: `http://127.0.0.1:${port + 1}`,
    agencyUrls: [`http://127.0.0.1:${port + 2}`, `http://127.0.0.1:${port + 3}`],
    stdoutFile: join(folder, 'stdout.txt'),
    stderrFile: join(folder, 'stderr.txt'),
    ...(user ? { user } : {}),
  };
}

export function environmentOf(place: Place, settings: Record<string, string> = {}) {
  return {
    PATH: process.env.PATH,
    HOME: place.user ? place.folder : process.env.HOME,
    PORT: String(place.port),
    DATA_DIR: place.dataDir,
    KEYS_DIR: place.keysDir,
    LOG_LEVEL: 'debug',
    // Officers decide here: their work is what these tests kill, read and wait for.
    MATCHER_URL: 'none',
    ...settings,
  };
}

/** Runs `src/main.ts` under plain Node. It writes into files itself, so that nothing it prints can be lost. */
export async function launch(
  place: Place,
  settings: Record<string, string> = {},
): Promise<RunningProduct> {
  const files = [place.stdoutFile, place.stderrFile] as const;
  const before = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const [out, err] = [openSync(files[0], 'a'), openSync(files[1], 'a')];
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
    cwd: ROOT,
    env: environmentOf(place, settings),
    stdio: ['ignore', out, err],
    ...place.user,
  });
  closeSync(out);
  closeSync(err);
  const exited = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal!));
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  const output = async () => {
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return texts.map((text, index) => text.slice(before[index]!.length)).join('');
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  atEnd(async () => {
    if (running()) await end('SIGKILL');
    if (process.env.TEST_LOG_LEVEL) console.error(await output());
  });
  const ready = untilReady(output, running);
  // Whoever kills it before it is ready does not wait for that.
  ready.catch(() => undefined);
  return { pid: child.pid!, ready, exited, output, end };
}

/** Launches and waits until it is ready. */
export async function start(
  place: Place,
  settings: Record<string, string> = {},
): Promise<RunningProduct> {
  const product = await launch(place, settings);
  await product.ready;
  return product;
}

async function untilReady(output: () => Promise<string>, running: () => boolean): Promise<void> {
  for (;;) {
    const alive = running();
    const text = await output();
    if (text.includes('is ready in')) return;
    if (!alive) throw new Error(`It ended before it was ready:\n${text}`);
    await sleep(20);
  }
}

/** Runs one of our commands beside the product; gives its exit code and what it printed. */
export async function runBeside(
  place: Place,
  args: string[],
): Promise<{ code: Ending; out: string; err: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli.ts'), ...args], {
    cwd: ROOT,
    env: { ...environmentOf(place), LOG_LEVEL: 'warn' },
    ...place.user,
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
  const code = await new Promise<Ending>((resolve) =>
    child.once('close', (exit, signal) => resolve(exit ?? signal!)),
  );
  return { code, ...said };
}

/** PostgreSQL outlives a killed product: what a failed test leaves running is ended with it. */
async function endOrphan(dataDir: string): Promise<void> {
  const pid = await readPostmasterPid(dataDir).catch(() => null);
  if (pid === null || !(await isAlive(pid))) return;
  process.kill(pid, 'SIGQUIT');
  for (let tries = 0; tries < 100 && (await isAlive(pid)); tries++) await sleep(50);
}

/**
 * The first of four free ports in a row, below those that the system hands out by itself: while the product is
 * down between two starts, nobody's connection may happen to take one.
 */
async function fourFreePorts(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const first = 20_000 + Math.floor(Math.random() * 11_000);
    const free = await Promise.all([0, 1, 2, 3].map((step) => isFree(first + step)));
    if (!free.includes(false)) return first;
  }
  throw new Error('No four free ports in a row.');
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => probe.close(resolve));
  return free;
}
