import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { forkSandboxRegister } from '../../../src/dev/sandbox-register/fork-sandbox-register.ts';
import { makeSigningJwk } from '../../../src/dev/sandbox-register/signing-key.ts';
import { CLIENT_ID, connectTo, question } from './running-register.ts';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'register-'));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`).then(
    (response) => response.ok,
    () => false,
  );
}

test('as a process of its own it answers, says when its port is taken, and stops when told to', async () => {
  const clientJwk = await makeSigningJwk();
  const start = { dataDir, clientId: CLIENT_ID, clientJwks: { keys: [clientJwk] } };
  const running = await forkSandboxRegister({ ...start, port: 0 });
  const { register } = connectTo(running.url, running.issuer, clientJwk, systemClock, {
    limits: { attemptTimeoutMs: 3000 },
  });
  expect((await register.ask(question())).kind).toBe('found');
  const port = Number(new URL(running.url).port);
  await expect(forkSandboxRegister({ ...start, port })).rejects.toThrow(/EADDRINUSE/);
  await running.close();
  expect(await answers(running.url)).toBe(false);
  await running.close();
});

test('it ends when the process that started it is killed', async () => {
  const clientJwk = await makeSigningJwk();
  const start = { port: 0, dataDir, clientId: CLIENT_ID, clientJwks: { keys: [clientJwk] } };
  const module = fileURLToPath(
    new URL('../../../src/dev/sandbox-register/fork-sandbox-register.ts', import.meta.url),
  );
  const script = `import { forkSandboxRegister } from ${JSON.stringify(module)};
    console.log((await forkSandboxRegister(${JSON.stringify(start)})).url);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
  );
  expect(await answers(url)).toBe(true);
  parent.kill('SIGKILL');
  let alive = true;
  for (let n = 0; n < 100 && alive; n += 1) {
    await wait(50);
    alive = await answers(url);
  }
  expect(alive).toBe(false);
});
