import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import type { Db, Tx } from '../../src/lib/database.ts';
import { enqueue } from '../../src/lib/outbox.ts';
import { writeTogether } from '../../src/lib/write-together.ts';
import { testDatabase } from '../harness.ts';

let db: Db;
beforeAll(async () => {
  ({ db } = await testDatabase());
  await db.schema.createTable('parents', (table) => {
    table.integer('id').primary();
    table.text('words');
  });
  await db.schema.createTable('children', (table) => {
    table.integer('id').primary();
    table.integer('parent_id').references('parents.id');
    table.specificType('bytes', 'bytea');
    table.unique(['parent_id']);
  });
});

const statementsOf = async (work: (tx: Tx) => Promise<unknown>): Promise<string[]> => {
  const statements: string[] = [];
  const note = ({ sql }: { sql: string }) => void statements.push(sql);
  db.on('query', note);
  await transact(db, work).finally(() => db.removeListener('query', note));
  return statements;
};

describe('writing together', () => {
  it('is one statement, whatever refers to what, values and question marks as given', async () => {
    const statements = await statementsOf((tx) =>
      writeTogether(tx, async (later) => {
        await later('children').insert({ id: 1, parent_id: 1, bytes: Buffer.from([0, 255]) });
        await later('parents').insert({ id: 1, words: "why? $1 :v1 'x'" });
        await later('parents')
          .insert([{ id: 2 }, { id: 2 }])
          .onConflict('id')
          .ignore();
        await enqueue(later, 'send_message', { messageId: 'x' }, { key: 'together' });
        return 'done';
      }),
    );
    expect(statements).toHaveLength(3);
    expect(await db('parents').orderBy('id').select('id', 'words')).toEqual([
      { id: 1, words: "why? $1 :v1 'x'" },
      { id: 2, words: null },
    ]);
    expect(await db('children').select('bytes')).toEqual([{ bytes: Buffer.from([0, 255]) }]);
    const jobs = await db.raw<{ rows: unknown[] }>(
      `select key from graphile_worker.jobs where key = 'together'`,
    );
    expect(jobs.rows).toHaveLength(1);
  });

  it('happens whole or not at all', async () => {
    const broken = transact(db, (tx) =>
      writeTogether(tx, async (later) => {
        await later('parents').insert({ id: 10 });
        await later('children').insert({ id: 10, parent_id: 11 });
      }),
    );
    await expect(broken).rejects.toThrow(/foreign key/);
    expect(await db('parents').where({ id: 10 }).first('id')).toBeUndefined();
  });

  it('writes nothing where the work fails', async () => {
    const failing = transact(db, (tx) =>
      writeTogether(tx, async (later) => {
        await later('parents').insert({ id: 20 });
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await db('parents').where({ id: 20 }).first('id')).toBeUndefined();
  });

  it.each([
    ['reads', (later: Tx) => later('parents').where({ id: 1 }).first('id')],
    ['updates', (later: Tx) => later('parents').where({ id: 1 }).update({ words: 'x' })],
    ['deletes', (later: Tx) => later('parents').where({ id: 1 }).delete()],
  ])('refuses %s: nobody would see what came of them', async (_what, act) => {
    const refused = transact(db, (tx) =>
      writeTogether(tx, async (later) => {
        await act(later);
      }),
    );
    await expect(refused).rejects.toThrow(/written/);
    expect(await db('parents').where({ id: 1 }).first('words')).toEqual({
      words: "why? $1 :v1 'x'",
    });
  });

  it('sends nothing where nothing is written', async () => {
    const statements = await statementsOf((tx) => writeTogether(tx, async () => {}));
    expect(statements).toHaveLength(2);
  });
});
