import knex from 'knex';
import type { Knex } from 'knex';
import pg from 'pg';
import { prepareRepeated } from './repeated-statements.ts';

/** A handle that reads, or writes one statement at a time. */
export type Db = Knex;
/** A transaction. Stores that write take one, so that the state change and its audit row commit together. */
export type Tx = Knex.Transaction;

const ignore = () => {};

/**
 * Opens a pool on PostgreSQL.
 * Plain dates stay `YYYY-MM-DD` text (a JavaScript Date would move them by the time zone); 64-bit integers
 * come back as numbers and throw where they would lose digits.
 */
export function openDatabase(input: { url: string; poolSize: number }): Db {
  pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
  pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError('a 64-bit integer exceeds 2^53');
    return value;
  });
  const db = knex({
    client: 'pg',
    connection: { connectionString: input.url, application_name: 'tangchat' },
    pool: { min: 0, max: input.poolSize, idleTimeoutMillis: 30_000 },
    acquireConnectionTimeout: 10_000,
    // The library would print faults, values included, past our log: callers get them, and our log tells their kind.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
    migrations: {
      directory: new URL('../../migrations', import.meta.url).pathname,
      extension: 'ts',
      loadExtensions: ['.ts'],
    },
  });
  return prepareRepeated(db);
}

/** Runs `work` in one transaction: all of it commits, or none. */
export function transact<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction(work);
}

/** Brings the schema up to date. Safe to run from several nodes: knex locks. */
export async function migrate(db: Db): Promise<string[]> {
  const [, names] = (await db.migrate.latest()) as [number, string[]];
  return names;
}
