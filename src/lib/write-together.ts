import type { Knex } from 'knex';
import type { Tx } from './database.ts';

/** What the query builder makes of a statement, with `$1` … for its values. */
interface Native {
  sql: string;
  bindings: readonly unknown[];
}

interface Builder {
  toSQL(): { toNative(): Native; method?: string };
  then: unknown;
}

/**
 * Runs `work` with a transaction that only notes what is written, and then writes all of it in one statement: as many
 * round trips less, at one moment. For inserts, and calls of functions by `raw`, whose result nobody reads; anything else is
 * refused. Foreign keys are checked when all is written, and the writes happen in no order: none may build on another one (a
 * conflict with what is written along with it is a fault).
 */
export async function writeTogether<Result>(
  tx: Tx,
  work: (later: Tx) => Promise<Result>,
): Promise<Result> {
  const noted: { native: Native; isInsert: boolean }[] = [];
  const note = <Made extends Builder>(builder: Made): Made => {
    const settle = (resolve: (rows: never[]) => void, reject: (error: Error) => void) => {
      const compiled = builder.toSQL();
      const isInsert = compiled.method === 'insert';
      if (!isInsert && compiled.method !== 'raw')
        return reject(new Error('Only what is written can be written together.'));
      noted.push({ native: compiled.toNative(), isInsert });
      return resolve([]);
    };
    // The builder is a thenable by itself: awaiting it sends it, and that is what we take over.
    // oxlint-disable-next-line no-thenable
    return Object.assign(builder, { then: settle });
  };
  const later = new Proxy(tx, {
    apply: (target, _self, [table]: [string]) => note(target(table) as unknown as Builder),
    get: (target, name) =>
      name === 'raw'
        ? (sql: string, bindings: Knex.RawBinding[]) =>
            note(target.raw(sql, bindings) as unknown as Builder)
        : (Reflect.get(target, name) as unknown),
  });
  const result = await work(later);
  if (noted.length > 0) await writeAll(tx, noted);
  return result;
}

async function writeAll(
  tx: Tx,
  noted: readonly { native: Native; isInsert: boolean }[],
): Promise<void> {
  const values: unknown[] = [];
  const parts = noted.map(({ native, isInsert }, number) => {
    const offset = values.length;
    values.push(...native.bindings);
    const sql = native.sql.replaceAll(
      /\$(\d+)/g,
      (_, place: string) => `:v${Number(place) + offset}`,
    );
    // A read that nobody reads from is not run: the functions are.
    return { sql: `w${number} as ${isInsert ? '' : 'materialized '}(${sql})`, isInsert, number };
  });
  const calls = parts
    .filter(({ isInsert }) => !isInsert)
    .map(({ number }) => `(select count(*) from w${number})`);
  const named = Object.fromEntries(values.map((value, place) => [`v${place + 1}`, value]));
  await tx.raw(
    `with ${parts.map(({ sql }) => sql).join(', ')} select ${calls.length > 0 ? calls.join(' + ') : '0'} as done`,
    named as Record<string, Knex.RawBinding>,
  );
}
