import { beforeAll, expect, inject, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { openDatabase, transact } from '../../src/lib/database.ts';
import type { Tx } from '../../src/lib/database.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { erasePerson } from '../../src/registry/erase-person.ts';
import { documentsOf } from '../../src/registry/person-file.ts';
import type { EnrolmentInput } from '../../src/registry/enrol-person.ts';
import { testApp } from '../harness.ts';
import { countOf, enrol, enrolled, enrolmentOf, officer, somebody } from './enrolment.ts';

/**
 * What PostgreSQL sees of a process that is killed: its connection is gone, at whatever statement it had reached.
 * Here another connection cuts it before the n-th statement of an enrolment, for every n, and at random moments.
 */
let app: App;
let url: URL;
beforeAll(async () => {
  app = await testApp();
  const { rows } = await app.db.raw('select current_database() as name');
  url = new URL(inject('clusterUrl'));
  url.pathname = `/${rows[0].name}`;
});

const TABLES = [
  'data_keys',
  'persons',
  'person_accounts',
  'travel_documents',
  'identity_proofs',
  'foreign_ids',
  'foreign_id_transitions',
  'stay_facts',
  'status_events',
  'audit_events',
];
const counts = () => Promise.all(TABLES.map((table) => countOf(app, table)));
const cut = (pid: number) => app.db.raw('select pg_terminate_backend(?)', [pid]);

/** Enrols on a connection of its own; `onStart` is told which, `onStatement` of every statement before it runs. */
async function enrolAsVictim(
  input: EnrolmentInput,
  hooks: { onStart?: (pid: number) => void; onStatement?: (pid: number, count: number) => void },
): Promise<'told' | 'cut'> {
  const db = openDatabase({ url: url.href, poolSize: 1 });
  try {
    await transact(db, async (tx) => {
      const { rows } = await tx.raw('select pg_backend_pid() as pid');
      const { pid } = rows[0] as { pid: number };
      hooks.onStart?.(pid);
      let count = 0;
      const counted = <Result>(run: () => Result): Result => {
        count += 1;
        hooks.onStatement?.(pid, count);
        return run();
      };
      const watched = new Proxy(tx, {
        apply: (target, _self, args: Parameters<Tx>) => counted(() => target(...args)),
        get: (target, name) =>
          name === 'raw'
            ? (...args: Parameters<Tx['raw']>) => counted(() => target.raw(...args))
            : Reflect.get(target, name),
      });
      await enrolPerson(watched, app, input);
    });
    return 'told';
  } catch {
    return 'cut';
  } finally {
    await db.destroy();
  }
}

/** Each way to a number, or to one more document of it: what it starts from is there, and the number it must have. */
const WAYS: Record<string, () => Promise<{ input: EnrolmentInput; outcome: string }>> = {
  'an enrolment': async () => ({ input: enrolmentOf(app, somebody()), outcome: 'issued' }),
  'a renewal': async () => {
    const { personId, accountId } = await enrolled(app);
    const [held] = await documentsOf(app.db, app, personId);
    const resolution = {
      kind: 'renewal',
      replaces: held!.id,
      portraits: 'match',
      secondOfficer: null,
    } as const;
    return { input: enrolmentOf(app, somebody(), { accountId, resolution }), outcome: 'joined' };
  },
  'a return after erasure': async () => {
    const { personId, document } = await enrolled(app);
    await transact(app.db, (tx) =>
      erasePerson(tx, app, { personId, reason: 'holder_asked', actor: officer }),
    );
    return { input: enrolmentOf(app, document), outcome: 'returned' };
  },
};

it.each(Object.entries(WAYS))(
  'killed before any of its statements, %s leaves nothing, and the same case then has one ID',
  async (_what, start) => {
    let reached = 0;
    for (let statement = 1; statement < 100; statement += 1) {
      const { input, outcome } = await start();
      const before = await counts();
      let cutting: Promise<unknown> | undefined;
      const end = await enrolAsVictim(input, {
        onStatement(pid, count) {
          if (count !== statement) return;
          cutting = cut(pid);
          throw new Error('killed');
        },
      });
      if (!cutting) {
        expect(end).toBe('told');
        break;
      }
      await cutting;
      reached = statement;
      expect(end).toBe('cut');
      expect(await counts()).toEqual(before);
      expect(await enrol(app, input)).toMatchObject({ ok: true, outcome });
    }
    expect(reached).toBeGreaterThan(10);
  },
  60_000,
);

it('cut at any moment of its commit, a case has issued one ID or none, and issues no second', async () => {
  for (let round = 0; round < 24; round += 1) {
    const input = enrolmentOf(app, somebody());
    const before = await countOf(app, 'foreign_ids');
    const { promise: started, resolve } = Promise.withResolvers<number>();
    const victim = enrolAsVictim(input, { onStart: resolve });
    const pid = await started;
    await new Promise((wake) => setTimeout(wake, round));
    await cut(pid);
    const end = await victim;
    const outcome = await enrol(app, input);
    expect(outcome).toMatchObject({ ok: true });
    // What was acknowledged was kept.
    if (end === 'told') expect(outcome).toMatchObject({ outcome: 'repeated' });
    expect(await countOf(app, 'foreign_ids')).toBe(before + 1);
  }
});
