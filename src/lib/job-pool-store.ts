import pg from 'pg';

/**
 * The queue keeps a job locked to the worker pool that took it for four hours, whatever became of that pool. So a pool that
 * lives holds an advisory lock on a connection of its own, which ends with its process, and whoever finds a job locked to
 * a pool without one gives it back at once.
 */
const KEY_OF_POOL = `hashtextextended('job pool ' || id, 0)`;
const RECONNECT_MS = 1000;

/** Shows a worker pool as alive until `end()`, over lost connections too. */
export async function showPoolAlive(
  databaseUrl: string,
  poolId: string,
): Promise<{ end(): Promise<void> }> {
  let ended = false;
  let current: pg.Client | null = null;
  async function connect(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true });
    current = client;
    client.on('error', () => {});
    client.once('end', () => {
      if (!ended) setTimeout(() => void connect().catch(() => client.end()), RECONNECT_MS).unref();
    });
    await client.connect();
    // A machine that lost its power says nothing: PostgreSQL asks after it.
    await client.query('set tcp_keepalives_idle = 30');
    await client.query(
      `select pg_advisory_lock(${KEY_OF_POOL}) from (select $1::text as id) pool`,
      [poolId],
    );
  }
  await connect();
  return {
    async end() {
      ended = true;
      await current?.end().catch(() => undefined);
    },
  };
}

/**
 * Gives back the jobs that dead pools hold; gives how many pools those were. A lock younger than `graceSeconds` is left:
 * its pool may be about to show itself.
 */
export async function freeJobsOfDeadPools(db: pg.Pool, graceSeconds: number): Promise<number> {
  const { rows } = await db.query<{ pools: number }>(
    `with pools as materialized (
       select distinct locked_by as id from graphile_worker._private_jobs
        where locked_by is not null and locked_at < now() - make_interval(secs => $1)),
     dead as materialized (select id from pools where pg_try_advisory_xact_lock(${KEY_OF_POOL})),
     freed as materialized (select graphile_worker.force_unlock_workers(array_agg(id)) from dead)
     select count(*)::int as pools from dead, freed`,
    [graceSeconds],
  );
  return rows[0]?.pools ?? 0;
}

/** How many jobs a pool holds now. */
export async function countJobsOfPool(db: pg.Pool, poolId: string): Promise<number> {
  const { rows } = await db.query<{ jobs: number }>(
    `select count(*)::int as jobs from graphile_worker._private_jobs where locked_by = $1`,
    [poolId],
  );
  return rows[0]?.jobs ?? 0;
}
