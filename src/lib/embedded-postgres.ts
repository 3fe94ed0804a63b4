import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgresError } from './embedded-postgres/error.ts';
import { openCluster, readPassword } from './embedded-postgres/initialise.ts';
import type { ClusterPlace } from './embedded-postgres/initialise.ts';
import { lockDataFolder } from './embedded-postgres/data-folder-lock.ts';
import type { DataFolderLock } from './embedded-postgres/data-folder-lock.ts';
import {
  findPostmaster,
  isRunning,
  readPostmasterFile,
  rotateLog,
  runsWith,
  startPostmaster,
  stopPostmaster,
} from './embedded-postgres/postmaster.ts';
import type { Postmaster } from './embedded-postgres/postmaster.ts';
import { findPrograms } from './embedded-postgres/programs.ts';
import { chooseUser, requireReachable } from './embedded-postgres/run-as.ts';
import { DATABASE, ROLE, postmasterFlags } from './embedded-postgres/settings.ts';

export interface EmbeddedPostgresOptions {
  /** Where the cluster, its password and its log are kept. Made where absent. */
  dataDir: string;
  log: { info(message: string): void; warn(message: string): void };
  /** More of the postmaster's command line, such as `['-c', 'work_mem=8MB']`. */
  postgresFlags?: readonly string[];
  /** For tests: no fsync anywhere, and PostgreSQL is stopped at once when this process exits. */
  ephemeral?: boolean;
  /** Called once if PostgreSQL ends though nobody asked it to. */
  onLost?: () => void;
  /** How long a start may take, crash recovery included. Default 120. */
  startTimeoutSeconds?: number;
  /** How long a stop may take before clients are cut off without a checkpoint. Default 20. */
  stopTimeoutSeconds?: number;
}

export interface EmbeddedPostgres {
  /** Of the database `tangchat`, as the role `tangchat`, which owns it and is no superuser. Holds the password. */
  url: string;
  /** True where PostgreSQL was still running from an earlier process and was taken over. */
  adopted: boolean;
  /** Stops PostgreSQL and gives the data folder free. Takes a bounded time, also where PostgreSQL is dead. */
  stop(): Promise<void>;
}

const LOG_MAX_BYTES = 10 * 1024 * 1024;
const WATCH_MS = 2_000;

/**
 * Starts our own PostgreSQL 18 on `<dataDir>/postgres`, or takes over the one that a killed process left running there.
 * Throws an `EmbeddedPostgresError`; its `reason` tells why, its message what to do. See embedded-postgres/README.md.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const dataDir = await makeDataDir(options.dataDir);
  const lock = await takeLock(dataDir);
  try {
    const { place, password, flags } = await prepare(dataDir, options);
    const adopted = await adopt(place, { password, flags, log: options.log });
    const logFile = join(dataDir, 'postgres.log');
    if (adopted === null) await rotateLog(logFile, LOG_MAX_BYTES);
    const timeoutSeconds = options.startTimeoutSeconds ?? 120;
    const running = adopted ?? (await startPostmaster(place, { flags, logFile, timeoutSeconds }));
    const url = urlOf(running.port, password);
    if (adopted === null && (await probe(url)) === 'refused') {
      await stopPostmaster(running, { timeoutSeconds: 20 });
      throw passwordRejected(dataDir);
    }
    return { url, adopted: adopted !== null, stop: supervise(running, lock, options) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * The address of the PostgreSQL that runs on this data folder now, started by whichever process, or null where none does.
 * For commands that run beside the server.
 */
export async function findEmbeddedPostgres(dataDir: string): Promise<string | null> {
  const cluster = join(dataDir, 'postgres');
  const file = await readPostmasterFile(cluster);
  if (file === null || !file.ready) return null;
  const url = urlOf(file.port, await readPassword(dataDir));
  return (await probe(url)) === 'ok' ? url : null;
}

async function makeDataDir(dataDir: string): Promise<string> {
  try {
    const made = await mkdir(dataDir, { recursive: true });
    // As root, PostgreSQL's own user must pass through it; what is secret in it is closed by itself.
    if (made !== undefined) await chmod(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    return await realpath(dataDir);
  } catch (cause) {
    throw cannotWrite(dataDir, cause);
  }
}

async function takeLock(dataDir: string): Promise<DataFolderLock> {
  return lockDataFolder(dataDir).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError ? error : cannotWrite(dataDir, error);
  });
}

function cannotWrite(dataDir: string, cause: unknown): EmbeddedPostgresError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown fault';
  return new EmbeddedPostgresError(
    code === 'ENOSPC' ? 'disk_full' : 'wrong_owner',
    `The data folder ${dataDir} cannot be written (${code}). Start as the user who made it, or set DATA_DIR to another folder.`,
    { cause },
  );
}

async function prepare(dataDir: string, options: EmbeddedPostgresOptions) {
  const cluster = join(dataDir, 'postgres');
  const user = await chooseUser(cluster);
  await requireReachable(dataDir, user);
  const programs = await findPrograms(user, dataDir);
  const ephemeral = options.ephemeral ?? false;
  const place: ClusterPlace = { dataDir, cluster, programs, user, ephemeral };
  const { password, made } = await openCluster(place);
  if (made)
    options.log.info(`made a new PostgreSQL ${programs.majorVersion} cluster in ${cluster}`);
  return {
    place,
    password,
    flags: postmasterFlags({ ephemeral, extra: options.postgresFlags ?? [] }),
  };
}

/** Takes over the postmaster that is already there if it is just like the one we would start; stops any other. */
async function adopt(
  place: ClusterPlace,
  wanted: { password: string; flags: string[]; log: EmbeddedPostgresOptions['log'] },
): Promise<Postmaster | null> {
  const orphan = await findPostmaster(place);
  if (orphan === null) return null;
  if (await runsWith(place, orphan, wanted.flags)) {
    // It may be replaying its log, or be on its way down.
    for (const end = Date.now() + 5_000; Date.now() < end; await sleep(50)) {
      const found = await probe(urlOf(orphan.port, wanted.password));
      if (found === 'ok') {
        wanted.log.info(
          `took over PostgreSQL (process ${orphan.pid}), left running by an earlier start`,
        );
        return orphan;
      }
      if (found === 'refused') throw passwordRejected(place.dataDir);
      if (!(await isRunning(orphan))) return null;
    }
  }
  wanted.log.warn(`stopping PostgreSQL (process ${orphan.pid}), left running by an earlier start`);
  await stopPostmaster(orphan, { timeoutSeconds: 20 });
  return null;
}

/** Watches PostgreSQL, and gives the function that stops it. */
function supervise(
  running: Postmaster & { child?: ChildProcess },
  lock: DataFolderLock,
  options: EmbeddedPostgresOptions,
): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  let lost = false;
  const onEnd = () => {
    if (stopping !== null || lost) return;
    lost = true;
    clearInterval(watch);
    options.log.warn(`PostgreSQL (process ${running.pid}) ended unasked`);
    options.onLost?.();
  };
  const watch = setInterval(() => {
    void isRunning(running).then((alive) => (alive ? undefined : onEnd()));
  }, WATCH_MS);
  watch.unref();
  running.child?.once('exit', onEnd);
  const atExit = () => {
    try {
      process.kill(running.pid, 'SIGQUIT');
    } catch {
      // It is gone already.
    }
  };
  if (options.ephemeral === true) process.once('exit', atExit);
  const stop = async () => {
    clearInterval(watch);
    try {
      await stopPostmaster(running, { timeoutSeconds: options.stopTimeoutSeconds ?? 20 });
    } finally {
      process.removeListener('exit', atExit);
      await lock.release();
    }
  };
  return () => (stopping ??= stop());
}

function urlOf(port: number, password: string): string {
  return `postgres://${ROLE}:${encodeURIComponent(password)}@127.0.0.1:${port}/${DATABASE}`;
}

async function probe(url: string): Promise<'ok' | 'refused' | 'not_yet'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'ok';
  } catch (error) {
    // 28P01 invalid_password, 28000 invalid_authorization_specification
    const { code } = error as { code?: string };
    return code === '28P01' || code === '28000' ? 'refused' : 'not_yet';
  } finally {
    await client.end().catch(() => undefined);
  }
}

function passwordRejected(dataDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'password_rejected',
    `The cluster in ${dataDir} does not accept the password in ${join(dataDir, 'postgres.password')}: ` +
      'the two are not of the same data folder. Put back the file that belongs to it.',
  );
}
