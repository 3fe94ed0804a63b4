import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { EmbeddedPostgresError, errorFromOutput } from '../../src/lib/embedded-postgres/error.ts';
import { asRoot, makeDataDir, query, silentLog, startHolder } from './embedded-postgres/scene.ts';

describe('where our own PostgreSQL cannot start', () => {
  let scene: Awaited<ReturnType<typeof makeDataDir>>;
  const start = (dataDir = scene.dataDir) => startEmbeddedPostgres({ dataDir, log: silentLog });
  beforeEach(async () => {
    scene = await makeDataDir();
  });
  afterEach(() => scene.remove());

  it.skipIf(!asRoot)(
    'names the closed folder and DATA_DIR when root cannot lend the folder to its user',
    async () => {
      await chmod(scene.dataDir, 0o700);
      const dataDir = join(scene.dataDir, 'data');
      await expect(start(dataDir)).rejects.toMatchObject({
        reason: 'folder_unreachable',
        message: expect.stringMatching(new RegExp(`${scene.dataDir} is closed.*DATA_DIR`)),
      });
      // The refusal holds nothing: opened up, the same folder works.
      await chmod(scene.dataDir, 0o711);
      await (await start(dataDir)).stop();
    },
  );

  it.skipIf(!asRoot)(
    'works as an ordinary user, who is refused a folder that root made',
    async () => {
      const user = { uid: 4321, gid: 4321 };
      await chown(scene.dataDir, user.uid, user.gid);
      await chmod(scene.dataDir, 0o700);
      // PostgreSQL asks the system for the name of its user; a user without one is refused in clear words.
      const nameless = await startHolder(scene.dataDir, { user });
      expect(nameless.answer).toMatchObject({
        reason: 'initialise_failed',
        message: expect.stringContaining('4321'),
      });
      await nameless.kill('SIGTERM');

      const daemon = { uid: 1, gid: 1 };
      await rm(join(scene.dataDir, 'postgres.lock'), { recursive: true });
      await rm(join(scene.dataDir, 'postgres.password'));
      await rm(join(scene.dataDir, 'postgres.superuser.password'));
      await chown(scene.dataDir, daemon.uid, daemon.gid);
      const plain = await startHolder(scene.dataDir, { user: daemon });
      expect(plain.answer).toMatchObject({ adopted: false });
      expect(await query(plain.answer.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await plain.kill('SIGTERM');
      expect((await stat(join(scene.dataDir, 'postgres'))).uid).toBe(daemon.uid);

      // Root takes the cluster's owner, so the ordinary user can go on afterwards.
      await chmod(scene.dataDir, 0o711);
      await (await start()).stop();
      const again = await startHolder(scene.dataDir, { user: daemon });
      expect(again.answer).toMatchObject({ adopted: false });
      await again.kill('SIGTERM');

      await chown(join(scene.dataDir, 'postgres'), 2, 2);
      const refused = await startHolder(scene.dataDir, { user: daemon });
      expect(refused.answer).toMatchObject({
        reason: 'wrong_owner',
        message: expect.stringContaining('DATA_DIR'),
      });
      await refused.kill('SIGTERM');
    },
  );

  it('leaves a folder alone that holds something else', async () => {
    await mkdir(join(scene.dataDir, 'postgres'));
    await writeFile(join(scene.dataDir, 'postgres', 'thesis.txt'), 'mine');
    await expect(start()).rejects.toMatchObject({ reason: 'not_a_cluster' });
    expect(await readFile(join(scene.dataDir, 'postgres', 'thesis.txt'), 'utf8')).toBe('mine');
  });

  it('refuses a cluster of another version, a lost password and a foreign one', async () => {
    await (await start()).stop();
    const version = join(scene.dataDir, 'postgres', 'PG_VERSION');
    await writeFile(version, '17\n');
    await expect(start()).rejects.toMatchObject({ reason: 'wrong_version' });
    await writeFile(version, '18\n');

    const password = join(scene.dataDir, 'postgres.password');
    const right = await readFile(password, 'utf8');
    await rm(password);
    await expect(start()).rejects.toMatchObject({ reason: 'password_missing' });
    await writeFile(password, 'of-another-cluster\n', { mode: 0o600 });
    await expect(start()).rejects.toMatchObject({ reason: 'password_rejected' });
    await writeFile(password, right);
    await (await start()).stop();
  });

  it('says what PostgreSQL said when a setting is wrong', async () => {
    await expect(
      startEmbeddedPostgres({
        dataDir: scene.dataDir,
        log: silentLog,
        postgresFlags: ['-c', 'no_such_setting=1'],
      }),
    ).rejects.toMatchObject({
      reason: 'start_failed',
      message: expect.stringContaining('no_such_setting'),
    });
  });

  it.each([
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'disk_full'],
    ['PANIC:  could not locate a valid checkpoint record at 0/1', 'damaged'],
    ['postgres: error while loading shared libraries: libicu.so', 'not_installed'],
    ['FATAL:  data directory "x" has wrong ownership', 'wrong_owner'],
    ['', 'start_failed'],
  ])('reads %j as %s', (output, reason) => {
    const error = errorFromOutput('It did not start', output, 'start_failed');
    expect(error).toBeInstanceOf(EmbeddedPostgresError);
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(/^It did not start\. \w+/);
  });
});
