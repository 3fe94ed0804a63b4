import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { startSandboxRegister } from '../../src/dev/sandbox-register/start-sandbox-register.ts';
import type { RunningSandboxRegister } from '../../src/dev/sandbox-register/start-sandbox-register.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { loadKeys, makeDevelopmentKeys } from '../../src/lib/keys.ts';
import type { Keys } from '../../src/lib/keys.ts';
import { createLog } from '../../src/lib/log.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { connectRegister } from '../../src/visas/connect-register.ts';
import { question } from '../dev/sandbox-register/running-register.ts';

let folder: string;
let keys: Keys;
let sandbox: RunningSandboxRegister;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'register-'));
  await makeDevelopmentKeys(folder);
  keys = loadKeys(folder);
  sandbox = await startSandboxRegister({
    port: 0,
    dataDir: join(folder, 'register'),
    clientId: 'http://localhost:3000',
    clientJwks: { keys: [keys.registerClientJwk] },
  });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

function configOf(env: Record<string, string>): Config {
  const read = readConfig({ REGISTER_URL: `${sandbox.url}/`, ...env });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

function connect(config: Config) {
  const log = createLog('silent');
  return connectRegister({ config, keys, log, clock: systemClock, random: systemRandom });
}

test('the configured register answers, with its own keys in the sandbox and with pinned ones', async () => {
  expect((await (await connect(configOf({}))).ask(question())).kind).toBe('found');
  const file = join(folder, 'jwks.json');
  writeFileSync(file, await (await fetch(`${sandbox.url}/.well-known/jwks.json`)).text());
  const pinned = await connect(configOf({ REGISTER_JWKS_FILE: file }));
  expect((await pinned.ask(question())).kind).toBe('found');
});

test('a key file that is missing or holds no key stops the start with a sentence', async () => {
  const missing = configOf({ REGISTER_JWKS_FILE: join(folder, 'nowhere.json') });
  await expect(connect(missing)).rejects.toThrow(/REGISTER_JWKS_FILE cannot be used/);
  const empty = join(folder, 'empty.json');
  writeFileSync(empty, '{"keys":[]}');
  const config = configOf({ REGISTER_JWKS_FILE: empty });
  await expect(connect(config)).rejects.toThrow(/holds no ES256 key/);
});

test('production never takes the keys from the register itself, and never speaks plain http', async () => {
  const production = { ...configOf({}), sandbox: false };
  await expect(connect(production)).rejects.toThrow(/must be set in production/);
  const file = join(folder, 'jwks.json');
  const plain = await connect({ ...production, REGISTER_JWKS_FILE: file });
  expect(await plain.ask(question())).toMatchObject({ kind: 'unavailable', reason: 'connection' });
});
