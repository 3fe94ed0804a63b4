import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { enqueue } from '../../src/lib/outbox.ts';
import { transact } from '../../src/lib/database.ts';
import { runJobs } from '../../src/lib/job-runner.ts';
import { createLog } from '../../src/lib/log.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../harness.ts';

const log = createLog('silent');
const RUNNER = join(import.meta.dirname, '../../src/lib/job-runner.ts');

const run = (databaseUrl: string, job: () => Promise<void>) =>
  runJobs({ databaseUrl, log, jobs: { long_job: job } });

it('does again at once what a killed process had begun', async () => {
  const { db, url } = await testDatabase();
  const script = `import { runJobs } from ${JSON.stringify(RUNNER)};
    const jobs = { long_job: () => { console.log('begun'); return new Promise(() => setInterval(() => {}, 1000)); } };
    await runJobs({ databaseUrl: process.env.TEST_URL, log: { warn() {} }, jobs });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, TEST_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await transact(db, (tx) => enqueue(tx, 'long_job', {}));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const job = vi.fn<() => Promise<void>>(async () => {});
  const runner = await run(url, job);
  atEnd(() => runner.stop());
  await vi.waitUntil(() => job.mock.calls.length > 0, { timeout: 6000 });
  await sleep(100);
  expect(job).toHaveBeenCalledOnce();
});

it('leaves alone what another process is doing, and waits for its own only', async () => {
  const { db, url } = await testDatabase();
  const done = Promise.withResolvers<void>();
  const first = vi.fn<() => Promise<void>>(() => done.promise);
  const runner = await run(url, first);
  atEnd(() => runner.stop());
  await transact(db, (tx) => enqueue(tx, 'long_job', {}));
  await vi.waitUntil(() => first.mock.calls.length > 0);
  const second = vi.fn<() => Promise<void>>(async () => {});
  const other = await run(url, second);
  await sleep(3000);
  const before = performance.now();
  await other.stop();
  expect(performance.now() - before).toBeLessThan(1500);
  done.resolve();
  expect(second).not.toHaveBeenCalled();
  expect(first).toHaveBeenCalledOnce();
});
