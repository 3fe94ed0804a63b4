import pg from 'pg';
import type { Db } from './database.ts';

/** A statement is prepared from so many runs on, for the first so many statements that come to that. */
const REPEATED = 8;
const MOST_PREPARED = 400;
const MOST_COUNTED = 4_000;
/** Inserts of many rows at once have another text for each number of rows. */
const LONGEST = 12_000;

const runs = new Map<string, number>();
const names = new Map<string, string>();

/**
 * Lets each connection of `db` parse and plan a statement that repeats once, under a name, and not at every run: that is
 * half of PostgreSQL's processor time for a small statement. PostgreSQL goes on planning for the values where that
 * pays (`plan_cache_mode = auto`).
 */
export function prepareRepeated(db: Db): Db {
  const { client } = db as unknown as { client: { driver: { Client: unknown } } };
  client.driver = { ...client.driver, Client: NamingClient };
  return db;
}

type Send = (statement: unknown, ...rest: unknown[]) => unknown;

/** The driver's client; a statement of values without a name gets one when it has run often. */
class NamingClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    const send = this.query.bind(this) as Send;
    const query: Send = (statement, ...rest) => send(named(statement), ...rest);
    Object.assign(this, { query });
  }
}

function named(statement: unknown): unknown {
  if (!isPlain(statement)) return statement;
  const { text } = statement;
  const name = names.get(text);
  if (name !== undefined) return { ...statement, name };
  if (text.length > LONGEST || names.size >= MOST_PREPARED) return statement;
  const count = (runs.get(text) ?? 0) + 1;
  if (count >= REPEATED) {
    runs.delete(text);
    names.set(text, `repeated_${names.size}`);
  } else if (count > 1 || runs.size < MOST_COUNTED) runs.set(text, count);
  return statement;
}

/** What the query builder sends: text with values. Named ones and other protocols are their sender's. */
function isPlain(statement: unknown): statement is { text: string; values: unknown[] } {
  if (typeof statement !== 'object' || statement === null) return false;
  const { text, values, name } = statement as Record<string, unknown>;
  return (
    typeof text === 'string' && name === undefined && Array.isArray(values) && values.length > 0
  );
}
