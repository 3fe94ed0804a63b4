import { appendFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sealBatch, startSealer } from '../../src/audit/sealer.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { testApp } from '../harness.ts';
import { append, appendAndSeal, listChain, makeNode, readLines, tamper, verify } from './trail.ts';

describe('the audit sealer', () => {
  let app: App;
  let node: Awaited<ReturnType<typeof makeNode>>;
  const versions = async () => (await listChain(app)).map(({ version }) => version);

  beforeAll(async () => {
    app = await testApp();
    node = await makeNode();
  });
  afterAll(() => node.remove());

  it('links a committed event within a second, while it runs', async () => {
    const sealer = startSealer(app, node);
    await sleep(50);
    await transact(app.db, (tx) => append(tx, app, 'first'));
    await vi.waitUntil(async () => (await versions()).includes('first'), {
      timeout: 1_000,
      interval: 20,
    });
    await sealer.stop();
  });

  it('links events in the order in which they were committed, not begun, and none that was rolled back', async () => {
    const slow = await app.db.transaction();
    await append(slow, app, 'begun early');
    await transact(app.db, (tx) => append(tx, app, 'committed early'));
    await expect(
      transact(app.db, async (tx) => {
        await append(tx, app, 'rolled back');
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    expect(await sealBatch(app)).toBe(1);
    await slow.commit();
    expect(await sealBatch(app)).toBe(1);
    expect(await versions()).toEqual(['first', 'committed early', 'begun early']);
  });

  it('seals the rest when it stops', async () => {
    const sealer = startSealer(app, node);
    await transact(app.db, (tx) => append(tx, app, 'last'));
    await sealer.stop();
    expect(await versions()).toContain('last');
    expect(await verify(app, node.file)).toMatchObject({
      sound: true,
      unsealed: { rows: 0, oldestSeconds: 0 },
    });
  });

  it('may run on many nodes: every event gets one place, every node keeps the newest head', async () => {
    const nodes = await Promise.all([makeNode(), makeNode(), makeNode()]);
    const sealers = nodes.map((each) => startSealer(app, each));
    await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        transact(app.db, (tx) => append(tx, app, `parallel ${index}`)),
      ),
    );
    await Promise.all(sealers.map((sealer) => sealer.stop()));
    await startSealer(app, nodes[0]).stop();
    const chain = await listChain(app);
    expect(chain.map(({ seq }) => seq)).toEqual(chain.map((_, index) => index + 1));
    expect(new Set(chain.map(({ eventId }) => eventId)).size).toBe(124);
    for (const each of nodes) {
      expect(await verify(app, each.file)).toMatchObject({ sound: true });
      await each.remove();
    }
    expect(await verify(app, null)).toMatchObject({
      sound: true,
      sealed: { seq: 124, outsideHeadSeq: null },
    });
  });

  it('keeps heads in a closed file, one a line, and goes on after a line that a crash cut short', async () => {
    await appendAndSeal(app, node.dataDir, ['before the crash']);
    expect((await stat(node.file)).mode & 0o777).toBe(0o600);
    await appendFile(node.file, '{"seq":99');
    expect(await verify(app, node.file)).toMatchObject({ sound: true });
    await appendAndSeal(app, node.dataDir, ['after the crash']);
    expect(await verify(app, node.file)).toMatchObject({ sound: true });
    const lines = await readLines(node.file);
    expect(lines.at(-1)).toMatchObject({ seq: 126, jws: expect.stringMatching(/^ey/) });
  });

  it('writes no head while nothing happens', async () => {
    const before = await readLines(node.file);
    await startSealer(app, node).stop();
    expect(await readLines(node.file)).toEqual(before);
  });

  it.each(['audit_events', 'audit_chain', 'audit_heads'])(
    'cannot be undone: %s refuses change',
    async (table) => {
      const column = table === 'audit_events' ? 'action' : 'seq';
      for (const sql of [
        `update ${table} set ${column} = ${column}`,
        `delete from ${table}`,
        `truncate ${table}`,
      ])
        await expect(app.db.raw(sql), sql).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('says in the log, once, that the database fell behind the heads it saw, and keeps those', async () => {
    const error = vi.fn<(details: object, message: string) => void>();
    await tamper(app, 'audit_heads', 'delete from audit_heads where seq > 120');
    const watching = { ...app, log: { error } as unknown as App['log'] };
    const sealer = startSealer(watching, node);
    await vi.waitUntil(() => error.mock.calls.length > 0, { timeout: 2_000 });
    await sealer.stop();
    expect(error.mock.calls).toEqual([
      [
        { databaseSeq: expect.any(Number), outsideSeq: 126 },
        expect.stringContaining('audit verify'),
      ],
    ]);
    expect((await readLines(node.file)).map(({ seq }) => seq)).toContain(126);
  });
});
