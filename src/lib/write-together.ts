import type { Knex } from 'knex';
import type { Tx } from './database.ts';

/** What the query builder makes of a statement, with `?` for its values. */
interface Compiled {
  sql: string;
  bindings: readonly unknown[];
  method?: string;
}

interface Builder {
  toSQL(): Compiled;
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
  const noted: Compiled[] = [];
  const note = <Made extends Builder>(builder: Made): Made => {
    const settle = (resolve: (rows: never[]) => void, reject: (error: Error) => void) => {
      const compiled = builder.toSQL();
      if (compiled.method !== 'insert' && compiled.method !== 'raw')
        return reject(new Error('Only what is written can be written together.'));
      noted.push(compiled);
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

async function writeAll(tx: Tx, noted: readonly Compiled[]): Promise<void> {
  const parts = noted.map(({ sql }, number) => `w${number} as (${sql})`);
  // A read that nobody reads from is not run; an insert is.
  const calls = noted.flatMap(({ method }, number) =>
    method === 'insert' ? [] : [`(select count(*) from w${number})`],
  );
  const sql = `with ${parts.join(', ')} select ${calls.join(' + ') || '0'} as done`;
  const values = noted.flatMap(({ bindings }) => bindings);
  await tx.raw(sql, values as Knex.RawBinding[]);
}
