import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { EmbeddedPostgresError } from './error.ts';
import { readProcessSpace, readStartMark } from './processes.ts';

const HEARTBEAT_MS = 2_000;
/** A holder in another container or on another machine that gives no beat for so long is gone. */
const SILENCE_MS = 7_000;
/** No need to listen for the beat of a lock that nobody touched for so long. */
const LONG_SILENCE_MS = 30_000;
const ATTEMPTS = 20;

const Claim = z.object({
  pid: z.int(),
  startMark: z.string(),
  space: z.string(),
  host: z.string(),
  since: z.string(),
  held: z.boolean(),
});
type Claim = z.infer<typeof Claim>;

/** The right, until released, to run PostgreSQL on one data folder. */
export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process, or throws `held`, naming who holds it (process, host, since when).
 *
 * Each process that wants the folder first puts down a file of its own in `<dataDir>/postgres.lock/` and only then looks at the
 * others: of two that come at once, each sees the other and both step back for a moment. A file is removed only under its own
 * unique name, so nobody can take away a lock that was just made. A file whose process is gone (kill -9, power cut) is stale.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const folder = join(dataDir, 'postgres.lock');
  await mkdir(folder, { recursive: true });
  const mine: Claim = {
    pid: process.pid,
    startMark: (await readStartMark(process.pid)) ?? 'unknown',
    space: await readProcessSpace(),
    host: hostname(),
    since: new Date().toISOString(),
    held: false,
  };
  const name = `${process.pid}-${randomBytes(6).toString('hex')}.json`;
  for (let attempt = 1; ; attempt += 1) {
    await writeClaim(folder, name, mine);
    const other = await findLiveOther(folder, name, mine);
    if (other === null) break;
    await rm(join(folder, name), { force: true });
    if (other.held || attempt >= ATTEMPTS) throw heldBy(other, dataDir);
    await sleep(randomInt(10, 120));
  }
  await writeClaim(folder, name, { ...mine, held: true });
  return keepBeating(join(folder, name));
}

function keepBeating(file: string): DataFolderLock {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  timer.unref();
  return {
    release: async () => {
      clearInterval(timer);
      await rm(file, { force: true });
    },
  };
}

async function writeClaim(folder: string, name: string, claim: Claim): Promise<void> {
  const draft = join(folder, `.${name}`);
  await writeFile(draft, `${JSON.stringify(claim)}\n`, { mode: 0o644 });
  await rename(draft, join(folder, name));
}

async function findLiveOther(folder: string, mine: string, me: Claim): Promise<Claim | null> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.') || name === mine) continue;
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    const claim = Claim.safeParse(parseJson(text));
    if (claim.success && (await isLive(claim.data, file, me))) return claim.data;
    await rm(file, { force: true });
  }
  return null;
}

async function isLive(claim: Claim, file: string, me: Claim): Promise<boolean> {
  if (claim.space === me.space) return (await readStartMark(claim.pid)) === claim.startMark;
  // Its process number means nothing here: listen for its heartbeat instead.
  const before = await readBeat(file);
  if (before === null || Date.now() - before > LONG_SILENCE_MS) return false;
  for (let waitedMs = 0; waitedMs < SILENCE_MS; waitedMs += 250) {
    await sleep(250);
    const beat = await readBeat(file);
    if (beat === null) return false;
    if (beat !== before) return true;
  }
  return false;
}

async function readBeat(file: string): Promise<number | null> {
  return stat(file).then(
    (found) => found.mtimeMs,
    () => null,
  );
}

function heldBy(other: Claim, dataDir: string): EmbeddedPostgresError {
  const where = other.host === hostname() ? '' : ` on ${other.host}`;
  return new EmbeddedPostgresError(
    'held',
    `The data folder ${dataDir} is in use by process ${other.pid}${where}, since ${other.since}. ` +
      `Stop that process first, or give this one a folder of its own with DATA_DIR.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
