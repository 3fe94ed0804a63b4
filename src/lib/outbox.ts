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
