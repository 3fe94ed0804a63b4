import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import {
  isAlive,
  makeDataDir,
  query,
  readPostmasterPid,
  silentLog,
  spawnHolder,
  startHolder,
} from './embedded-postgres/scene.ts';

describe('our own PostgreSQL after a crash', () => {
  let scene: Awaited<ReturnType<typeof makeDataDir>>;
  let started: EmbeddedPostgres[] = [];
  const start = async (more: { postgresFlags?: string[]; onLost?: () => void } = {}) => {
    const server = await startEmbeddedPostgres({ dataDir: scene.dataDir, log: silentLog, ...more });
    started.push(server);
    return server;
  };

  beforeAll(async () => {
    scene = await makeDataDir();
  });
  afterEach(async () => {
    await Promise.all(started.map((server) => server.stop()));
    started = [];
  });
  afterAll(() => scene.remove());

  it('starts over an initialisation that was killed half-way', async () => {
    const holder = spawnHolder(scene.dataDir);
    const gone = once(holder, 'exit');
    while (!(await draftHasStarted(scene.dataDir))) await sleep(5);
    holder.kill('SIGKILL');
    await gone;
    expect(await readdir(scene.dataDir)).not.toContain('postgres');
    const server = await start();
    await query(server.url, `create table story as select 'once upon a time' as line`);
    await server.stop();
    expect(
      (await readdir(scene.dataDir)).filter((name) => name.startsWith('postgres.init')),
    ).toEqual([]);
  });

  it('names the process that holds the data folder, and since when', async () => {
    const holder = await startHolder(scene.dataDir);
    await expect(start()).rejects.toMatchObject({
      reason: 'held',
      message: expect.stringMatching(new RegExp(`process ${holder.pid}, since 20.*DATA_DIR`)),
    });
    await holder.kill('SIGTERM');
    const server = await start();
    expect(server.adopted).toBe(false);
    await server.stop();
  });

  it('takes over the PostgreSQL that a killed process left running', async () => {
    const holder = await startHolder(scene.dataDir);
    await query(holder.answer.url, `insert into story values ('acknowledged')`);
    const pid = await readPostmasterPid(scene.dataDir);
    await holder.kill('SIGKILL');
    expect(await isAlive(pid)).toBe(true);
    const server = await start();
    expect({ url: server.url, adopted: server.adopted }).toEqual({
      url: holder.answer.url,
      adopted: true,
    });
    expect(await query(server.url, 'select line from story')).toHaveLength(2);
    await server.stop();
    expect(await isAlive(pid)).toBe(false);
  });

  it('stops a PostgreSQL left running with other settings, and starts its own', async () => {
    const holder = await startHolder(scene.dataDir, { flags: ['-c', 'work_mem=8MB'] });
    const pid = await readPostmasterPid(scene.dataDir);
    await holder.kill('SIGKILL');
    const server = await start({ postgresFlags: ['-c', 'work_mem=9MB'] });
    expect(server.adopted).toBe(false);
    expect(await isAlive(pid)).toBe(false);
    expect(await query(server.url, 'show work_mem')).toEqual([{ work_mem: '9MB' }]);
    await server.stop();
  });

  it('tells when PostgreSQL dies, still stops at once, and loses nothing that was committed', async () => {
    const onLost = vi.fn<() => void>();
    const server = await start({ onLost });
    await query(server.url, `insert into story values ('committed')`);
    const pid = await readPostmasterPid(scene.dataDir);
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => onLost.mock.calls.length > 0, { timeout: 5_000, interval: 10 });
    const before = performance.now();
    await server.stop();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(onLost).toHaveBeenCalledOnce();
    const next = await start();
    expect(await query(next.url, 'select line from story')).toHaveLength(3);
    await next.stop();
  });

  it('is not misled by a stranger who got the process number of a dead PostgreSQL', async () => {
    const owner = await stat(join(scene.dataDir, 'postgres'));
    const stranger = spawn('sleep', ['60'], { uid: owner.uid, gid: owner.gid });
    await writeFile(
      join(scene.dataDir, 'postgres', 'postmaster.pid'),
      `${stranger.pid}\n${scene.dataDir}/postgres\n1\n5432\n\n127.0.0.1\n 1 1\nready   \n`,
    );
    const server = await start();
    expect(server.adopted).toBe(false);
    await server.stop();
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });

  it('lets one of two simultaneous starts win', async () => {
    const holders = await Promise.all([startHolder(scene.dataDir), startHolder(scene.dataDir)]);
    const outcomes = holders.map(({ answer }) => answer.reason ?? 'started');
    expect(outcomes.toSorted()).toEqual(['held', 'started']);
    for (const holder of holders) await holder.kill('SIGTERM');
  });

  it('forgets the lock of a process that was killed in another container', async () => {
    const lock = join(scene.dataDir, 'postgres.lock', '1-aaaaaaaaaaaa.json');
    const claim = {
      pid: 1,
      startMark: '1',
      space: 'another boot',
      host: 'other',
      since: '2026-11-22T00:00:00Z',
      held: true,
    };
    await writeFile(lock, JSON.stringify(claim));
    const beats = setInterval(() => void utimes(lock, new Date(), new Date()), 100);
    await expect(start()).rejects.toMatchObject({
      reason: 'held',
      message: expect.stringContaining('on other'),
    });
    clearInterval(beats);
    const server = await start();
    await server.stop();
  });
});

async function draftHasStarted(dataDir: string): Promise<boolean> {
  const draft = (await readdir(dataDir)).find((name) => name.startsWith('postgres.init-'));
  if (draft === undefined) return false;
  return readFile(join(dataDir, draft, 'PG_VERSION'), 'utf8').then(
    () => true,
    () => false,
  );
}
