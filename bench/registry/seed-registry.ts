import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { COLUMNS } from './columns.ts';
import { dropIndexes } from './copy.ts';
import type { SeedSize } from './seed.ts';

const PROCESSES = 2;

/** Fills an empty registry by processes side by side; keys and indexes are made when all rows are there. */
export async function seedRegistry(env: NodeJS.ProcessEnv, size: SeedSize): Promise<void> {
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  try {
    const rebuild = await dropIndexes(client, Object.keys(COLUMNS));
    await Promise.all(
      Array.from({ length: PROCESSES }, (_, number) =>
        seedBeside(env, { size, part: { number, of: PROCESSES } }),
      ),
    );
    await client.query("set maintenance_work_mem = '1GB'; set synchronous_commit = off");
    for (const statement of rebuild) await client.query(statement);
    await client.query('vacuum (analyze)');
    // What filling left to be written is not the work of what is measured next.
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

async function seedBeside(env: NodeJS.ProcessEnv, part: object): Promise<void> {
  const child = fork(join(import.meta.dirname, 'seed-part.ts'), {
    env: { PATH: process.env.PATH, ...env, BENCH_PART: JSON.stringify(part) },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`A process that seeds ended with ${code}.`);
}
