import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFieldCipher } from '../../../src/lib/field-encryption.ts';
import { loadKeys, makeJwk, makeKeyFile } from '../../../src/lib/keys.ts';
import { runKeysMake } from '../../../src/lib/keys-make-command.ts';
import { KEY_KINDS } from '../../../src/oidc/signing-keys/key-life.ts';
import { runKeysList, runKeysRotate } from '../../../src/oidc/signing-keys/keys-command.ts';
import { openProviderKeys } from '../../../src/oidc/signing-keys/provider-keys.ts';
import { atEnd } from '../../at-end.ts';
import { testApp } from '../../harness.ts';

function terminal() {
  const said = { out: '', err: '' };
  return {
    said,
    io: {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    },
  };
}

async function keysApp() {
  const app = await testApp();
  return { ...app, providerKeys: await openProviderKeys(app) };
}

type Listed = { kid: string; kind: string; state: string; usedUntil: string | null }[];

it('rotates the kinds that are named, lists them, and drops one', async () => {
  const app = await keysApp();
  const run = async (command: typeof runKeysList, ...args: string[]) => {
    const { said, io } = terminal();
    return { code: await command(args, io, app), ...said };
  };
  const before = JSON.parse((await run(runKeysList)).out) as Listed;
  expect(before.map(({ kind }) => kind).toSorted()).toEqual(KEY_KINDS.toSorted());

  const rotated = await run(runKeysRotate, '--kind', 'ES256', '--kind', 'cookie', '--now');
  expect(rotated.code).toBe(0);
  const rows = JSON.parse((await run(runKeysList)).out) as Listed;
  const waiting = rows.filter(({ state }) => state === 'waiting');
  expect(waiting.map(({ kind }) => kind).toSorted()).toEqual(['ES256', 'cookie']);
  expect(rotated.out).toContain(waiting[0]!.kid);

  const inUse = rows.find(({ kind, state }) => kind === 'ES256' && state === 'in_use')!;
  const dropped = await run(runKeysRotate, '--compromised', inUse.kid);
  expect([dropped.code, dropped.err]).toEqual([0, expect.stringContaining('600 s')]);
  expect((await run(runKeysRotate, '--compromised', inUse.kid)).code).toBe(1);
  // A key's name may begin with a hyphen.
  expect((await run(runKeysRotate, '--compromised', `-${inUse.kid}`)).code).toBe(1);
  const after = await run(runKeysList);
  expect(after.out).not.toContain(inUse.kid);
  expect((await run(runKeysList, '--all')).out).toContain(inUse.kid);
  // What is printed ends up in terminals and tickets.
  expect(after.out + rotated.out).not.toMatch(/"(?:d|p|q|k|sealed\w*)":/);

  const whole = await run(runKeysRotate);
  expect(JSON.parse(whole.out)).toHaveLength(KEY_KINDS.length);
});

it.each([
  [['--kind', 'HS256']],
  [['--kind']],
  [['--compromised', '']],
  [['--compromised']],
  [['--compromised', '--now']],
  [['--compromised', 'x', '--now']],
  [['ES256']],
  [['--soon']],
])('does not understand keys rotate %j', async (args) => {
  const { said, io } = terminal();
  expect(await runKeysRotate(args, io, null as never)).toBe(64);
  expect(said.err).toContain('keys rotate');
});

it('makes production keys that only their owner reads, and never writes over keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-keys-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  const place = join(folder, 'production');
  const first = terminal();
  expect(await runKeysMake([place, '--signer'], first.io)).toBe(0);
  expect(statSync(join(place, 'keys.json')).mode & 0o777).toBe(0o600);
  expect(statSync(place).mode & 0o777).toBe(0o700);
  const keys = loadKeys(place);
  expect([keys.development, keys.oidcJwks.keys]).toEqual([false, []]);
  expect(first.said.out).not.toContain(keys.cookieKeys[0]);
  expect(await runKeysMake([place], terminal().io)).toBe(1);
  expect(loadKeys(place).cookieKeys).toEqual(keys.cookieKeys);
  for (const args of [[], ['--signer'], [place, place]])
    expect(await runKeysMake(args, terminal().io)).toBe(64);
});

it('takes the keys of an earlier deployment over, the first to sign and the others to verify', async () => {
  const app = await testApp();
  const [rsa, older, ec] = [await makeJwk('RS256'), await makeJwk('RS256'), await makeJwk('ES256')];
  // As files had them before there was a table: no PS256, no EdDSA, one key without its algorithm.
  const { alg: _, ...unnamed } = ec;
  const keys = {
    ...app.keys,
    cookieKeys: ['c'.repeat(40), 'd'.repeat(40)],
    oidcJwks: { keys: [rsa, older, unnamed] },
  };
  const open = () => openProviderKeys({ ...app, keys });
  // Two nodes at once.
  const [one, other] = await Promise.all([open(), open()]);
  const { signing, cookieKeys, dpopNonceSecrets } = one.current();
  expect(signing.filter(({ alg }) => alg === 'RS256').map(({ kid }) => kid)).toEqual([
    rsa.kid,
    older.kid,
  ]);
  expect(signing.find(({ alg }) => alg === 'ES256')!.kid).toBe(ec.kid);
  expect(signing).toHaveLength(5);
  expect(cookieKeys).toEqual(keys.cookieKeys);
  expect(dpopNonceSecrets).toEqual([app.keys.dpopNonceSecret]);
  const kids = (set: typeof signing) => set.map(({ kid }) => kid).toSorted();
  expect(kids(other.current().signing)).toEqual(kids(signing));
  // The file is not read again.
  const later = await openProviderKeys({ ...app, keys: { ...keys, cookieKeys: ['e'.repeat(40)] } });
  expect(later.current().cookieKeys).toEqual(keys.cookieKeys);
});

it('does not start where the keys were sealed under another key-encryption key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-keys-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  await makeKeyFile(folder, { development: true, signingKeys: false });
  const app = await testApp();
  await openProviderKeys(app);
  const { clock, random } = app;
  const { keyEncryptionKey } = loadKeys(folder);
  const cipher = createFieldCipher({ keyEncryptionKey, clock, random });
  await expect(openProviderKeys({ ...app, cipher })).rejects.toThrow();
});
