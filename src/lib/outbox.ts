import type { Db, Tx } from './database.ts';

/** What may travel in a job: ids and plain switches. Personal data stays in its encrypted column. */
export type JobPayload = Record<string, string | number | boolean | null>;

/**
 * Enqueues a background job in the caller's transaction: it runs if, and only if, that commits
 * (transactional outbox on graphile-worker). `key` replaces a waiting job of the same key.
 */
export async function enqueue(
  tx: Db | Tx,
  name: string,
  payload: JobPayload,
  options: { runAt?: Date; key?: string; maxAttempts?: number } = {},
): Promise<void> {
  await tx.raw(
    `select graphile_worker.add_job(?, payload => ?::json, run_at => ?::timestamptz, job_key => ?::text,
       max_attempts => ?::int)`,
    [
      name,
      JSON.stringify(payload),
      options.runAt ?? null,
      options.key ?? null,
      options.maxAttempts ?? 25,
    ],
  );
}

/** As `enqueue`, many jobs of one name in one statement. */
export async function enqueueAll(
  tx: Db | Tx,
  name: string,
  jobs: readonly { payload: JobPayload; key?: string; runAt?: Date }[],
): Promise<void> {
  if (jobs.length === 0) return;
  await tx.raw(
    `select count(*) from graphile_worker.add_jobs(array(
       select (identifier, payload, queue_name, run_at, max_attempts, job_key, priority, flags)::graphile_worker.job_spec
         from json_to_recordset(?::json) as specs (identifier text, payload json, queue_name text, run_at timestamptz,
              max_attempts int, job_key text, priority int, flags text[])))`,
    [
      JSON.stringify(
        jobs.map(({ payload, key, runAt }) => ({
          identifier: name,
          payload,
          run_at: runAt ?? null,
          max_attempts: 25,
          job_key: key ?? null,
        })),
      ),
    ],
  );
}
