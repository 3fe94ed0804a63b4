import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { freePort } from './harness.ts';

const ROOT = join(import.meta.dirname, '..');
const dataDir = mkdtempSync(join(tmpdir(), 'tangchat-main-'));
chmodSync(dataDir, 0o755);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs `src/main.ts` as a person would, under plain Node, until it says that it is ready. */
async function boot(settings: Record<string, string>) {
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      KEYS_DIR: join(dataDir, 'keys'),
      ...settings,
    },
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve) =>
    child.stdout.on('data', () => output.includes('is ready in') && resolve()),
  );
  await Promise.race([ready, exited]);
  return { child, exited, output: () => output };
}

it('starts under plain Node, serves, drains on SIGTERM, and starts again on the same data', async () => {
  const port = await freePort();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const run = await boot({ PORT: String(port) });
    const health = await fetch(`http://localhost:${port}/health/ready`);
    expect(await health.json(), run.output()).toEqual({ status: 'ready' });
    run.child.kill(signal);
    expect(await run.exited, run.output()).toBe(0);
  }
}, 60_000);

it('lists every fault of its settings at once and starts nothing', async () => {
  const run = await boot({ PORT: 'many', NODE_ENV: 'staging' });
  expect(await run.exited).toBe(1);
  expect(run.output()).toMatch(/PORT: /);
  expect(run.output()).toMatch(/NODE_ENV: /);
});

it('refuses production with sandbox parts', async () => {
  const run = await boot({ NODE_ENV: 'production' });
  expect(await run.exited).toBe(1);
  for (const name of ['REGISTER_URL', 'SMTP_URL', 'ISSUER'])
    expect(run.output()).toContain(`${name}: must be`);
});

it('opens no sandbox to others unless told to', async () => {
  const run = await boot({ ISSUER: 'https://id.example.go.th' });
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain('ISSUER: is not this machine');
});
