import type { App } from './app.ts';
import type { Db, Tx } from './database.ts';

/** What removes the records of one retention class, and tells what is left. */
export interface RecordKeeper {
  /** Removes at most `limit` records whose term began before `before` and that no legal hold keeps; gives their names. */
  remove(tx: Tx, app: App, by: { before: Date; limit: number }): Promise<string[]>;
  count(db: Db | Tx, by: { before: Date }): Promise<RecordsLeft>;
}

export interface RecordsLeft {
  /** Due, held by nothing, and still there. */
  due: number;
  /** Due, and kept by a legal hold. */
  held: number;
  /** When the oldest term began, of all that are there. */
  oldest: Date | null;
}

/** Rows of one table, said in SQL: `r` is the row. Never made of anything but text of our own. */
export interface OldRecords {
  table: string;
  /** What else the term or a hold hangs on, as a join. */
  join?: string;
  /** When the term began; null: it did not begin yet. */
  since: string;
  /** Names the row in the digest of what went. */
  id: string;
  where?: string;
  /** An indexed column that is never later than `since`: the search starts there. */
  earliest?: string;
  /** True for a row that a legal hold keeps. */
  held?: string;
  /**
   * `row`; `row_and_dependents`: with every row that refers to it, and so on; `row_and_key`: with the data key of its own
   * (`data_key_id`); or what is set, where the row outlives its content.
   */
  remove: 'row' | 'row_and_dependents' | 'row_and_key' | { set: string };
}

/** The keeper of rows that one statement finds. Removes step by step, passing over rows that somebody holds just now. */
export function recordKeeper(records: OldRecords): RecordKeeper {
  const { table, join = '', since, where = 'true', held = 'false', earliest = since } = records;
  return {
    async remove(tx, _app, { before, limit }) {
      const { rows } = await tx.raw<{ rows: { place: string; id: string }[] }>(
        `select r.ctid::text as place, (${records.id})::text as id from ${table} r ${join}
          where ${earliest} < :before and ${since} < :before and (${where}) and not (${held})
          order by ${earliest} limit :limit for update of r skip locked`,
        { before, limit },
      );
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      const places = rows.map(({ place }) => place);
      if (records.remove === 'row_and_dependents')
        await removeDependents(tx, { table, column: 'id', values: ids });
      await removePlaces(tx, records, places);
      return ids;
    },
    async count(db, { before }) {
      const { rows } = await db.raw<{ rows: { due: number; held: number; oldest: Date | null }[] }>(
        `select count(*) filter (where ${since} < :before and not (${held})) as due,
                count(*) filter (where ${since} < :before and (${held})) as held, min(${since}) as oldest
           from ${table} r ${join} where ${since} is not null and (${where})`,
        { before },
      );
      return rows[0]!;
    },
  };
}

/** Several tables that make one class. */
export function recordKeepers(keepers: readonly RecordKeeper[]): RecordKeeper {
  return {
    async remove(tx, app, { before, limit }) {
      const gone: string[] = [];
      for (const keeper of keepers)
        if (gone.length < limit)
          gone.push(...(await keeper.remove(tx, app, { before, limit: limit - gone.length })));
      return gone;
    },
    async count(db, by) {
      const all: RecordsLeft[] = [];
      for (const keeper of keepers) all.push(await keeper.count(db, by));
      const oldest = all.flatMap((left) => left.oldest ?? []).map((date) => date.getTime());
      return {
        due: all.reduce((sum, left) => sum + left.due, 0),
        held: all.reduce((sum, left) => sum + left.held, 0),
        oldest: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
      };
    },
  };
}

/** The rows were locked by this transaction, so their places stand. */
async function removePlaces(
  tx: Tx,
  { table, remove }: OldRecords,
  places: string[],
): Promise<void> {
  const here = 'where ctid = any(?::tid[])';
  if (typeof remove === 'object') {
    await tx.raw(`update ${table} set ${remove.set} ${here}`, [places]);
    return;
  }
  if (remove !== 'row_and_key') {
    await tx.raw(`delete from ${table} ${here}`, [places]);
    return;
  }
  const { rows } = await tx.raw<{ rows: { key: string }[] }>(
    `delete from ${table} ${here} returning data_key_id as key`,
    [places],
  );
  await tx.raw('delete from data_keys where id = any(?::uuid[])', [rows.map(({ key }) => key)]);
}

interface Referred {
  table: string;
  column: string;
  values: readonly string[];
}

/** Every row that refers to one of `values`, and what refers to those, by the foreign keys that there are. */
async function removeDependents(tx: Tx, referred: Referred): Promise<void> {
  if (referred.values.length === 0) return;
  for (const child of await listReferences(tx, referred)) {
    for (const key of await listReferredColumns(tx, child.table)) {
      const { rows } = await tx.raw<{ rows: { value: string }[] }>(
        'select ?? as value from ?? where ?? = any(?::uuid[])',
        [key, child.table, child.column, [...referred.values]],
      );
      const values = rows.map(({ value }) => value);
      await removeDependents(tx, { table: child.table, column: key, values });
    }
    await tx.raw('delete from ?? where ?? = any(?::uuid[])', [
      child.table,
      child.column,
      [...referred.values],
    ]);
  }
}

async function listReferences(
  tx: Tx,
  { table, column }: Pick<Referred, 'table' | 'column'>,
): Promise<{ table: string; column: string }[]> {
  const { rows } = await tx.raw<{ rows: { table: string; column: string }[] }>(
    `select c.conrelid::regclass::text as table, a.attname as column
       from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
      where c.contype = 'f' and c.confrelid = ?::regclass and f.attname = ? and c.conrelid <> c.confrelid`,
    [table, column],
  );
  return rows;
}

/** The columns of a table that foreign keys of others name. */
async function listReferredColumns(tx: Tx, table: string): Promise<string[]> {
  const { rows } = await tx.raw<{ rows: { column: string }[] }>(
    `select distinct f.attname as column from pg_constraint c
       join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
      where c.contype = 'f' and c.confrelid = ?::regclass and c.conrelid <> c.confrelid`,
    [table],
  );
  return rows.map((row) => row.column);
}
