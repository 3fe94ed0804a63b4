import { makeWorkerUtils, run } from 'graphile-worker';
import { Logger } from 'graphile-worker';
import pg from 'pg';
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

/**
 * Runs jobs until stopped. `stop()` lets running jobs finish and be recorded: with a pool of the queue's own
 * they would stay locked for four hours.
 */
export async function runJobs(input: {
  databaseUrl: string;
  jobs: Record<string, (payload: Record<string, unknown>) => Promise<void>>;
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
  const runner = await run({
    pgPool: pool,
    taskList,
    concurrency: 4,
    noHandleSignals: true,
    pollInterval: 2000,
    logger: quiet,
  });
  return {
    async stop() {
      await runner.stop();
      for (let tries = 0; tries < 100; tries++) {
        const { rows } = await pool.query<{ busy: number }>(
          `select count(*)::int as busy from graphile_worker.jobs where locked_by is not null`,
        );
        if (rows[0]?.busy === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await pool.end();
    },
  };
}
