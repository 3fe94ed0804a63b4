import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, errorFromOutput } from './error.ts';
import type { ClusterPlace } from './initialise.ts';
import { listPostgresIn, readStartMark, worksAsPostgresIn } from './processes.ts';
import { PROGRAM_ENVIRONMENT } from './settings.ts';

/** A running postmaster: `startMark` tells it from a later process with its number. */
export interface Postmaster {
  pid: number;
  startMark: string;
  port: number;
}

const LOCK_TROUBLE = /lock file "postmaster.pid" already exists|pre-existing shared memory block/;
const PORT_TROUBLE = /could not bind|Address already in use|could not create any TCP\/IP sockets/;

/** What `postmaster.pid` says (one value a line: pid, folder, start, port, socket folder, address, memory key, status). */
export async function readPostmasterFile(
  cluster: string,
): Promise<{ pid: number; port: number; ready: boolean } | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return null;
  return { pid, port: Number(lines[3] ?? 0), ready: (lines[7] ?? '').trim() === 'ready' };
}

/**
 * The postmaster that already works in this cluster: one that outlived the Node that started it. Null where there is none;
 * a `postmaster.pid` whose number went to a stranger is then removed, since PostgreSQL would take the stranger for a postmaster.
 * Throws `orphan_unverified` where this system does not let us tell.
 */
export async function findPostmaster(place: ClusterPlace): Promise<Postmaster | null> {
  const file = await readPostmasterFile(place.cluster);
  if (file === null) return null;
  const startMark = await readStartMark(file.pid);
  if (startMark === null) return null;
  const ours = await worksAsPostgresIn(file.pid, place.cluster, place.user);
  if (ours === 'yes') return { pid: file.pid, startMark, port: file.port };
  if (ours === 'unknown')
    throw new EmbeddedPostgresError(
      'orphan_unverified',
      `A PostgreSQL (process ${file.pid}) seems to be running in ${place.cluster} already, but this system does not let us ` +
        `check. If it is left over from an earlier start, end it with "kill -INT ${file.pid}" and start again.`,
    );
  if (((await listPostgresIn(place.cluster, place.user)) ?? []).length === 0)
    await unlink(join(place.cluster, 'postmaster.pid')).catch(() => undefined);
  return null;
}

/** Starts a postmaster on a free port of 127.0.0.1; gives it once it accepts connections. `child` is ours to reap. */
export async function startPostmaster(
  place: ClusterPlace,
  options: { flags: string[]; logFile: string; timeoutSeconds: number },
): Promise<Postmaster & { child: ChildProcess }> {
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryPostmaster(place, { ...options, deadline });
    if ('child' in outcome) return outcome;
    const busyPort = PORT_TROUBLE.test(outcome.output) && attempt < 10;
    // Back ends of a postmaster that was killed need a moment to notice and leave.
    const busyFolder = LOCK_TROUBLE.test(outcome.output) && attempt < 40;
    if (!(busyPort || busyFolder) || Date.now() > deadline)
      throw errorFromOutput('PostgreSQL did not start', outcome.output, 'start_failed');
    if (!busyFolder) continue;
    // Or else our predecessor was killed so shortly after starting one that it was not to be seen before.
    const orphan = await findPostmaster(place);
    if (orphan === null) await sleep(250);
    else await stopPostmaster(orphan, { timeoutSeconds: 20 });
  }
}

async function tryPostmaster(
  place: ClusterPlace,
  options: { flags: string[]; logFile: string; deadline: number },
): Promise<(Postmaster & { child: ChildProcess }) | { output: string }> {
  const port = await findFreePort();
  const log = await open(options.logFile, 'a', 0o600);
  const logStart = (await log.stat()).size;
  const flags = ['-D', place.cluster, '-p', String(port), ...options.flags];
  const child = spawn(place.programs.postgres, flags, {
    ...place.user,
    cwd: '/',
    env: PROGRAM_ENVIRONMENT,
    // A file, not a pipe: a postmaster that outlives us keeps its log.
    stdio: ['ignore', log.fd, log.fd],
    // A session of its own, or Ctrl-C in the terminal would stop it while we still drain.
    detached: true,
  });
  child.unref();
  const spawning: { fault?: string } = {};
  child.on('error', (error) => (spawning.fault = error.message));
  await log.close();
  while (spawning.fault === undefined && child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterFile(place.cluster);
    if (file !== null && file.pid === child.pid && file.ready)
      return { pid: file.pid, port, startMark: (await readStartMark(file.pid)) ?? '', child };
    if (Date.now() > options.deadline) {
      child.kill('SIGINT');
      throw new EmbeddedPostgresError(
        'start_timed_out',
        `PostgreSQL was not ready in time; ${options.logFile} says what it was doing. Start again to let it go on.`,
      );
    }
    await sleep(10);
  }
  const output = (await readFile(options.logFile)).subarray(logStart).toString('utf8');
  return { output: spawning.fault ?? output };
}

/**
 * Stops this very postmaster: SIGINT (disconnects clients, writes a checkpoint), after `timeoutSeconds` SIGQUIT (replays its log at
 * the next start). Does nothing where it is gone. Throws `orphan_will_not_stop`. Never SIGKILL, which leaves back ends alive.
 */
export async function stopPostmaster(
  running: Postmaster,
  options: { timeoutSeconds: number },
): Promise<void> {
  for (const { signal, seconds } of [
    { signal: 'SIGINT', seconds: options.timeoutSeconds },
    { signal: 'SIGQUIT', seconds: 10 },
  ] as const) {
    if (!(await isRunning(running))) return;
    try {
      process.kill(running.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(10))
      if (!(await isRunning(running))) return;
  }
  throw new EmbeddedPostgresError(
    'orphan_will_not_stop',
    `PostgreSQL (process ${running.pid}) does not stop. See what holds it up, then end it with "kill -INT ${running.pid}".`,
  );
}

/** Does this postmaster, and not a later process with its number, still run? */
export async function isRunning(running: Postmaster): Promise<boolean> {
  return (await readStartMark(running.pid)) === running.startMark;
}

/** Was this postmaster started from the same program with the same flags? Then it can be taken over as it is. */
export async function runsWith(
  place: ClusterPlace,
  running: Postmaster,
  flags: string[],
): Promise<boolean> {
  const written = await readFile(join(place.cluster, 'postmaster.opts'), 'utf8').catch(() => '');
  const words = [
    place.programs.postgres,
    '-D',
    place.cluster,
    '-p',
    String(running.port),
    ...flags,
  ];
  const wanted = `${words[0]} ${words
    .slice(1)
    .map((word) => `"${word}"`)
    .join(' ')}`;
  return written.trim() === wanted;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Moves a log that grew past `maxBytes` aside, so that two files at most are kept. */
export async function rotateLog(logFile: string, maxBytes: number): Promise<void> {
  const found = await stat(logFile).catch(() => null);
  if (found === null || found.size <= maxBytes) return;
  await rename(logFile, `${logFile}.1`);
}
