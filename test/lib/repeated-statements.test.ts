import { expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { testDatabase } from '../harness.ts';

const prepared = async (db: Awaited<ReturnType<typeof testDatabase>>['db'], text: string) => {
  const { rows } = await db.raw<{ rows: { generic: number }[] }>(
    'select generic_plans + custom_plans as generic from pg_prepared_statements where statement like ?',
    [`%${text}%`],
  );
  return rows.map(({ generic }) => generic);
};

it('prepares a statement from its eighth run on, once a connection, with the same answers', async () => {
  const { db } = await testDatabase();
  await transact(db, async (tx) => {
    for (let value = 0; value < 20; value++) {
      const { rows } = await tx.raw<{ rows: { twice: number }[] }>(
        'select ?::int * 2 as twice -- repeated',
        [value],
      );
      expect(rows).toEqual([{ twice: value * 2 }]);
    }
    expect(await prepared(tx, 'repeated')).toEqual([12]);
    await tx.raw('select ?::int -- once', [1]);
    expect(await prepared(tx, 'once')).toEqual([]);
  });
});

it('leaves a statement that fails usable, and a connection that failed', async () => {
  const { db } = await testDatabase();
  const divide = (by: number) => db.raw('select 1 / ?::int as quotient', [by]);
  for (let run = 0; run < 15; run++) {
    await expect(divide(0)).rejects.toThrow('division by zero');
    expect(await divide(1)).toMatchObject({ rowCount: 1 });
  }
});

it('goes on after the columns of a table changed', async () => {
  const { db } = await testDatabase();
  await db.schema.createTable('short_lived', (table) => table.integer('a'));
  const read = () => db('short_lived').where({ a: 1 }).select('a');
  for (let run = 0; run < 12; run++) expect(await read()).toEqual([]);
  await db.schema.alterTable('short_lived', (table) => table.integer('b'));
  await db('short_lived').insert({ a: 1, b: 2 });
  expect(await read()).toEqual([{ a: 1 }]);
});
