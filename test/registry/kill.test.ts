import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { App } from '../../src/lib/app.ts';
import { openDatabase } from '../../src/lib/database.ts';
import { testApp, testDatabase } from '../harness.ts';
import { startBeside } from '../start-beside.ts';
import { ACTS, END, newLife, personOf } from './a-life.ts';
import type { Life } from './a-life.ts';
import { digestOfAll, expectWhole } from './wholeness.ts';

/**
 * "A number is bound once or burnt under kill -9 at every step", and so is everything that befalls it afterwards: cut at
 * each single statement, and killed as a process at any moment, the register is whole, and the act can be done again.
 */
let app: App;
let databaseUrl: string;
beforeAll(async () => {
  const database = await testDatabase();
  databaseUrl = database.url;
  app = { ...(await testApp()), db: database.db };
});

/** The app on a connection of its own that fails before its n-th statement; with `end` it is lost, and what it had under way. */
function dyingApp() {
  const db = openDatabase({ url: databaseUrl, poolSize: 1 });
  let left = 0;
  let cut = '';
  db.on('query', ({ sql }: { sql: string }) => {
    left -= 1;
    if (left !== 0) return;
    cut = sql;
    throw new Error('killed');
  });
  return {
    app: { ...app, db },
    end: () => db.destroy(),
    cutBefore: (statement: number) => {
      left = statement;
      cut = '';
    },
    cutStatement: () => cut,
  };
}

/** Those that `enrol-crash.test.ts` cuts up. */
const CUT_ELSEWHERE = /^(issuing|renewing|returning)/;

it('cut before any of its statements, each act leaves nothing, and is then done as if nothing had been', async () => {
  const life = newLife(app, 99_000_000);
  let dying = dyingApp();
  let whole = await digestOfAll(app.db);
  for (const [name, act] of Object.entries(ACTS)) {
    let statement = CUT_ELSEWHERE.test(name) ? 1000 : 0;
    for (;;) {
      statement += 1;
      dying.cutBefore(statement);
      const end = await act(dying.app, life).catch((error: unknown) => String(error));
      const sql = dying.cutStatement();
      if (sql === '') break;
      expect(end).toBe('Error: killed');
      // A transaction whose end was not sent stays open on its connection, which dies.
      if (/^(begin|commit)/i.test(sql)) {
        await dying.end();
        dying = dyingApp();
      }
      const left = await digestOfAll(app.db);
      if (left === whole) continue;
      // Two officers act in two transactions: the second one's end leaves what the first one proposed.
      expect(name).toMatch(/^(agreeing|revoking|restoring)/);
      await expectWhole(app.db);
      whole = left;
    }
    expect(statement, name).toBeGreaterThan(8);
    await expectWhole(app.db);
    whole = await digestOfAll(app.db);
  }
  await dying.end();
  await expectLived(life);
}, 60_000);

/** How often the register is killed; more with `KILLS=100`. */
const KILLS = Number(process.env.KILLS ?? 4);
const AT_ONCE = 3;
const told = z.object({
  serial: z.number(),
  done: z.number().optional(),
  failed: z.string().optional(),
});

it(
  `killed ${KILLS} times as a process, it is whole each time, and every life is lived to its end`,
  async () => {
    const lives = new Map<number, { life: Life; from: number }>();
    const bound = new Map<string, string>();
    const interrupted = new Set<number>();
    const under = () => [...lives.values()].filter(({ from }) => from < Object.keys(ACTS).length);
    let started = startVictim();
    for (let kill = 0; kill < KILLS; kill += 1) {
      while (under().length < AT_ONCE)
        lives.set(lives.size, { life: newLife(app, lives.size), from: 0 });
      const victim = await started;
      victim.on('message', (message) => take(message, lives));
      victim.send({ lives: under() });
      // The next one starts while this one lives.
      started = startVictim();
      await untilSaid(victim, randomInt(1, 12));
      await sleep(randomInt(0, 25));
      victim.kill('SIGKILL');
      await once(victim, 'exit');
      for (const { from } of under()) interrupted.add(from);
      await gone();
      await expectWhole(app.db);
      await expectBoundOnce(bound);
    }
    const last = await started;
    last.on('message', (message) => take(message, lives));
    last.send({ lives: under() });
    while (under().length > 0) await sleep(20);
    await expectWhole(app.db);
    await expectBoundOnce(bound);
    for (const { life } of lives.values()) await expectLived(life);
    // It was in the middle of something, and not always of the same.
    expect(interrupted.size).toBeGreaterThan(2);
  },
  40_000 + KILLS * 4_000,
);

/** Until a process has told of so many acts. */
async function untilSaid(victim: ChildProcess, acts: number): Promise<void> {
  for (let told = 0; told < acts; told += 1) await once(victim, 'message');
}

const startVictim = () =>
  startBeside(join(import.meta.dirname, 'victim.ts'), { databaseUrl, config: app.config });

function take(message: unknown, lives: Map<number, { from: number }>): void {
  const { serial, done, failed } = told.parse(message);
  if (failed) throw new Error(failed);
  if (done !== undefined) lives.get(serial)!.from = done + 1;
}

/** PostgreSQL ends what a killed process had under way when it finds the connection closed. */
async function gone(): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await app.db.raw(
      `select 1 from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()
          and backend_type = 'client backend'`,
    );
    if (rows.length === 0) return;
    await sleep(10);
  }
  throw new Error('The killed process still has a transaction.');
}

/** A number that was bound once stays bound to that case. */
async function expectBoundOnce(bound: Map<string, string>): Promise<void> {
  const { rows } = await app.db.raw<{ rows: { case_id: string; number: string }[] }>(
    `select issue_key as case_id, encode(number_key, 'hex') as number from foreign_ids`,
  );
  const now = new Map(rows.map((row) => [row.case_id, row.number]));
  for (const [caseId, number] of bound) expect(now.get(caseId)).toBe(number);
  for (const [caseId, number] of now) bound.set(caseId, number);
}

async function expectLived(life: Life): Promise<void> {
  for (const who of ['one', 'other'] as const) {
    const row = await app
      .db('foreign_ids')
      .where({ person_id: await personOf(app, life, who) })
      .first('state', 'state_version as version');
    expect(row, who).toEqual(END[who]);
  }
}
