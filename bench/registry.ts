import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.ts';
import { openDeployment } from '../src/deployment.ts';
import { startEmbeddedPostgres } from '../src/lib/embedded-postgres.ts';
import { makeDevelopmentKeys } from '../src/lib/keys.ts';
import { report } from './report.ts';
import type { Result } from './report.ts';
import { drainReminders, issue, listCases, searchCandidates } from './registry/measure.ts';
import { seedRegistry } from './registry/seed-registry.ts';
import { round } from './registry/usage.ts';

const PERSONS = Number(process.env.BENCH_PERSONS ?? 1_000_000);
const HOLDERS = Number(process.env.BENCH_REMINDERS ?? Math.min(100_000, PERSONS));
const CASES = Number(process.env.BENCH_CASES ?? Math.min(200_000, PERSONS));
const SEARCHES = Number(process.env.BENCH_SEARCHES ?? 3_000);
const ISSUES = Number(process.env.BENCH_ISSUES ?? 3_000);
/** Only what has this in its name: search, issue, cases, reminders. */
const ONLY = process.env.BENCH_ONLY ?? '';

/** The registry at its size (issue 5, "Speed and memory"): each figure beside its target. */
export async function runRegistry(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-bench-'));
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  const quiet = { info: () => {}, warn: console.error };
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet });
  const keysDir = join(folder, 'keys');
  await makeDevelopmentKeys(keysDir);
  const env = {
    LOG_LEVEL: 'error',
    DATABASE_URL: postgres.url,
    DATA_DIR: dataDir,
    KEYS_DIR: keysDir,
  };
  const deployment = await openDeployment(env);
  try {
    const app = await createApp(deployment);
    const ground = { app, databaseUrl: postgres.url, dataDir, persons: PERSONS };
    const startedAt = performance.now();
    await seedRegistry(env, { persons: PERSONS, holders: HOLDERS, cases: CASES });
    const seconds = (performance.now() - startedAt) / 1000;
    const results: Result[] = [
      {
        what: `seed ${PERSONS} persons`,
        target: 'a few minutes',
        value: `${round(seconds)} s`,
        p50: '',
        n: PERSONS,
        note: `${Math.round(PERSONS / seconds)}/s, every field and index theirs`,
      },
    ];
    if ('search'.includes(ONLY)) results.push(...(await searchCandidates(ground, SEARCHES)));
    if ('cases'.includes(ONLY)) results.push(await listCases(ground));
    if ('issue'.includes(ONLY)) results.push(await issue(ground, { issues: ISSUES }));
    if ('reminders'.includes(ONLY)) results.push(await drainReminders(ground, HOLDERS));
    report('registry', results);
  } finally {
    await deployment.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
