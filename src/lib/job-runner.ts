import { EventEmitter } from 'node:events';
import { makeWorkerUtils, run } from 'graphile-worker';
import { Logger } from 'graphile-worker';
import type { WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { countJobsOfPool, freeJobsOfDeadPools, showPoolAlive } from './job-pool-store.ts';
import type { Log } from './log.ts';

/** Creates or updates the queue's own tables (schema `graphile_worker`). */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger: quiet });
  try {
    await utils.migrate();
  } finally {
    await utils.release();
  }
}

/** The queue's chatter names payloads; our own log tells what matters. */
const quiet = new Logger(() => () => {});

/** Between two looks for jobs that a killed process left locked. */
const SWEEP_MS = 30_000;
/** How long a new pool may take to show itself; the look after a start that follows a kill at once. */
const GRACE_SECONDS = 1;
const SECOND_LOOK_MS = 1500;

/**
 * Runs jobs until stopped, those first that a killed process had begun. `stop()` lets running jobs finish and be recorded:
 * with a pool of the queue's own they would stay locked for four hours.
 */
export async function runJobs(input: {
  databaseUrl: string;
  jobs: Record<string, (payload: Record<string, unknown>) => Promise<void>>;
  /** Crontab lines in UTC; of several nodes one enqueues. */
  schedule?: string;
  log: Log;
}): Promise<{ stop(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: input.databaseUrl, max: 6 });
  // A lost connection is the queue's to replace; without listeners it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const taskList = Object.fromEntries(
    Object.entries(input.jobs).map(([name, work]) => [
      name,
      async (payload: unknown) => {
        try {
          await work(payload as Record<string, unknown>);
        } catch (error) {
          input.log.warn({ err: error, job: name }, 'job failed, will be tried again');
          // Its own words may quote values, and the queue keeps what is thrown.
          // oxlint-disable-next-line preserve-caught-error
          throw new Error(`job ${name} failed`);
        }
      },
    ]),
  );
  const events: WorkerEvents = new EventEmitter();
  let poolId = '';
  events.once('pool:create', ({ workerPool }) => (poolId = workerPool.id));
  const free = async () => {
    const pools = await freeJobsOfDeadPools(pool, GRACE_SECONDS).catch(() => 0);
    if (pools > 0) input.log.warn({ pools }, 'jobs of a process that is gone are done again');
  };
  await free();
  const runner = await run({
    events,
    pgPool: pool,
    taskList,
    crontab: input.schedule ?? '',
    concurrency: 4,
    noHandleSignals: true,
    pollInterval: 2000,
    logger: quiet,
  });
  const alive = await showPoolAlive(input.databaseUrl, poolId);
  const secondLook = setTimeout(() => void free(), SECOND_LOOK_MS);
  const sweep = setInterval(() => void free(), SWEEP_MS);
  return {
    async stop() {
      clearTimeout(secondLook);
      clearInterval(sweep);
      await runner.stop();
      for (let tries = 0; tries < 100; tries++) {
        if ((await countJobsOfPool(pool, poolId)) === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await alive.end();
      await pool.end();
    },
  };
}
