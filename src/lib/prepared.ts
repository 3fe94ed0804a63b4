import type pg from 'pg';
import type { Db } from './database.ts';

/** A statement that each connection parses and plans once, under its name. `$1` … stand for `values`. */
export interface Prepared {
  name: string;
  text: string;
  values: readonly unknown[];
}

export type PreparedRow = Record<string, unknown>;

const BOOL = 16;
const BYTEA = 17;
const NUMBERS = new Set([20, 21, 23, 701]);

/** Bytes, numbers and booleans as such, all else as its text: moments are asked for as seconds, objects as JSON. */
const PARSERS = {
  getTypeParser(oid: number): (text: string) => unknown {
    if (oid === BYTEA) return fromHex;
    if (oid === BOOL) return isTrue;
    return NUMBERS.has(oid) ? Number : asText;
  },
};

const fromHex = (text: string) => Buffer.from(text.slice(2), 'hex');
const isTrue = (text: string) => text === 't';
const asText = (text: string) => text;

/**
 * Runs a statement past the query builder, on a connection of the same pool: building, naming and parsing cost
 * more processor time than the rest of a token request.
 */
export async function runPrepared(db: Db, statement: Prepared): Promise<PreparedRow[]> {
  const { client } = db as unknown as { client: ConnectionSource };
  const connection = await client.acquireConnection();
  try {
    const result = await connection.query<PreparedRow>({
      ...statement,
      values: statement.values as unknown[],
      types: PARSERS,
    });
    return result.rows;
  } finally {
    await client.releaseConnection(connection);
  }
}

/** The part of knex's own client that hands out connections. */
interface ConnectionSource {
  acquireConnection(): Promise<pg.Client>;
  releaseConnection(connection: pg.Client): Promise<void>;
}
