import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { makeDataDir, query, readPostmasterPid, silentLog } from './embedded-postgres/scene.ts';

describe('our own PostgreSQL', () => {
  let scene: Awaited<ReturnType<typeof makeDataDir>>;
  let server: EmbeddedPostgres;
  const hooksBefore = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((name) =>
    process.listenerCount(name),
  );

  beforeAll(async () => {
    scene = await makeDataDir();
    server = await startEmbeddedPostgres({ dataDir: scene.dataDir, log: silentLog });
  });
  afterAll(async () => {
    await server.stop();
    await scene.remove();
  });

  it('is PostgreSQL 18 with a UTF-8 database of its own role, which is no superuser', async () => {
    const [row] = await query(
      server.url,
      `select current_database() as database, current_user as role, current_setting('server_version_num')::int / 10000 as version,
              pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale, rolsuper as superuser
         from pg_database join pg_roles on rolname = current_user where datname = current_database()`,
    );
    expect(row).toEqual({
      database: 'tangchat',
      role: 'tangchat',
      version: 18,
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
      superuser: false,
    });
  });

  it('listens on 127.0.0.1 only, without sockets, and asks for the password', async () => {
    const [row] = await query(
      server.url,
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
              current_setting('fsync') as fsync`,
    );
    expect(row).toEqual({ addresses: '127.0.0.1', sockets: '', fsync: 'on' });
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    wrong.username = 'postgres';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps its passwords and its log closed to others', async () => {
    for (const name of ['postgres.password', 'postgres.superuser.password', 'postgres.log'])
      expect((await stat(join(scene.dataDir, name))).mode & 0o777, name).toBe(0o600);
    expect((await stat(join(scene.dataDir, 'postgres'))).mode & 0o777).toBe(0o700);
  });

  it('leaves the signals of the process to the process', () => {
    const hooks = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((name) =>
      process.listenerCount(name),
    );
    expect(hooks).toEqual(hooksBefore);
  });

  it('writes neither statements nor values to its log, whatever goes wrong with them', async () => {
    await query(server.url, 'create table canary (name text primary key)');
    const insert = `insert into canary values ('CANARYSON')`;
    await query(server.url, insert);
    for (const sql of [
      insert,
      `select 'CANARYSON'::uuid`,
      `select 1/0, 'CANARYSON'`,
      'CANARYSON',
      `do $$ begin raise warning 'CANARYSON'; end $$`,
    ])
      await query(server.url, sql).catch(() => undefined);
    const log = await readFile(join(scene.dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('CANARYSON');
  });

  it('is found by commands that run beside the server', async () => {
    expect(await findEmbeddedPostgres(scene.dataDir)).toBe(server.url);
  });

  it('refuses a second start in the same process', async () => {
    await expect(
      startEmbeddedPostgres({ dataDir: scene.dataDir, log: silentLog }),
    ).rejects.toMatchObject({
      reason: 'held',
    });
  });

  it('stops within moments, and starts again with its data in less than a second', async () => {
    await query(server.url, `create table kept as select 'still here' as word`);
    const pid = await readPostmasterPid(scene.dataDir);
    await Promise.all([server.stop(), server.stop()]);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await findEmbeddedPostgres(scene.dataDir)).toBeNull();
    const before = performance.now();
    server = await startEmbeddedPostgres({ dataDir: scene.dataDir, log: silentLog });
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(server.adopted).toBe(false);
    expect(await query(server.url, 'select word from kept')).toEqual([{ word: 'still here' }]);
  });
});
