import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import {
  runPassportMake,
  writePassport,
} from '../../src/dev/passport-maker/passport-make-command.ts';
import type { PassportDefect } from '../../src/dev/passport-maker/make-passport.ts';
import { READER_EXIT, runReaderSubmit } from '../../src/dev/reader/reader-submit-command.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random.ts';
import type { Scene } from './scene.ts';
import { caseOf, linkOf, passportOf, startCase, startScene, tokenOf } from './scene.ts';

let scene: Scene;
const folder = mkdtempSync(join(tmpdir(), 'tangchat-passports-'));

beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function passportFolder(defect?: PassportDefect): Promise<string> {
  const made = defect ? { defect } : {};
  const path = join(folder, defect ?? 'good');
  const passport = await passportOf(scene, made);
  await writePassport(path, passport, scene.pki, { person: demoPeople.anna, ...made });
  return path;
}

const quiet = { out: () => {}, err: () => {} };

async function run(...args: string[]) {
  const said = { out: [] as string[], err: [] as string[] };
  const io = {
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
  };
  const code = await runReaderSubmit(args, io, { random: systemRandom });
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

it('plays the phone: shows the number to compare, sends the files, tells the verdict', async () => {
  const person = await startCase(scene);
  const link = await linkOf(person, person.caseId);
  const page = await person.walker.get(`/cases/${person.caseId}/chip`);
  const [, number] = /<strong translate="no">(\d\d)</.exec(page.text)!;
  const passport = await passportFolder();
  const played = await run('--passport', passport, '--link', link);
  expect(played).toMatchObject({ code: READER_EXIT.accepted, err: '' });
  expect(played.out).toContain(`Your screen must show: ${number}`);
  expect(played.out).toContain('clone check passed');
  expect((await caseOf(scene, person.caseId)).state.step).toBe('portrait');
  expect(await run('--passport', passport, '--link', link)).toMatchObject({
    code: READER_EXIT.notSubmitted,
    err: expect.stringContaining('hand_off_used') as string,
  });
});

it('takes a token and a server instead of a link, and tells why a chip is not accepted', async () => {
  const person = await startCase(scene);
  const token = tokenOf(await linkOf(person, person.caseId));
  const passport = await passportFolder('clone');
  const played = await run('--passport', passport, '--link', token, '--server', scene.url);
  expect(played.code).toBe(READER_EXIT.refused);
  expect(played.out).toContain('Not accepted: clone_check_failed. Tries left: 4.');
});

it('lets another key answer for the chip, which is what a clone does', async () => {
  const person = await startCase(scene);
  const link = await linkOf(person, person.caseId);
  const key = (await passportOf(scene, { person: 'tomas' })).chipKey;
  const keyFile = join(folder, 'other.pem');
  writeFileSync(keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
  const args = ['--passport', await passportFolder(), '--link', link, '--chip-key', keyFile];
  const played = await run(...args);
  expect(played.code).toBe(READER_EXIT.refused);
  expect(played.out).toContain('clone_check_failed');
});

it('plays a chip that agrees on keys, with and without an answer to challenges', async () => {
  for (const [name, ...options] of [
    ['german', '--chip-authentication', 'ecdh', '--no-active-authentication'],
    ['both', '--chip-authentication', 'dh', '--chip-cipher', '3des'],
  ]) {
    const path = join(folder, name!);
    const made = await runPassportMake(['--out', path, ...options], quiet, {
      keysDir: scene.app.config.KEYS_DIR,
      clock: systemClock,
      random: systemRandom,
    });
    expect(made).toBe(0);
    const person = await startCase(scene);
    const link = await linkOf(person, person.caseId);
    const played = await run('--passport', path, '--link', link);
    expect(played).toMatchObject({ code: READER_EXIT.accepted, err: '' });
    expect(played.out).toContain('chip authentication: passed');
    expect(played.out).toContain('clone check passed');
  }
});

it('plays a clone that has no key to agree with', async () => {
  const path = join(folder, 'copied');
  const options = ['--chip-authentication', 'ecdh', '--no-active-authentication', '--defect'];
  await runPassportMake(['--out', path, ...options, 'clone'], quiet, {
    keysDir: scene.app.config.KEYS_DIR,
    clock: systemClock,
    random: systemRandom,
  });
  const person = await startCase(scene);
  const played = await run('--passport', path, '--link', await linkOf(person, person.caseId));
  expect(played.code).toBe(READER_EXIT.refused);
  expect(played.out).toContain('chip authentication: failed');
  expect(played.out).toContain('clone_check_failed');
});

it('says how it is used, and what is missing', async () => {
  for (const args of [
    [],
    ['--passport', folder],
    ['--link', 'x'],
    ['--passport', folder, '--link', 'a-token-alone'],
  ])
    expect((await run(...args)).code).toBe(READER_EXIT.usage);
  const nothing = await run('--passport', folder, '--link', `${scene.url}/h/${'x'.repeat(43)}`);
  expect(nothing).toMatchObject({ code: READER_EXIT.notSubmitted });
  expect(nothing.err).toContain('holds no EF_SOD.bin');
});
