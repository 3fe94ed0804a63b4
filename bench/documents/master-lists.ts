import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readConfig } from '../../src/config.ts';
import { migrate, openDatabase, type Db } from '../../src/lib/database.ts';
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { migrateQueue } from '../../src/lib/job-runner.ts';
import { createLog } from '../../src/lib/log.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { importMasterList } from '../../src/trust/import-master-list.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import type { Result } from '../report.ts';
import { median } from '../compare.ts';
import { now, vector } from './vectors.ts';

const RUNS = 5;
const LIST = 'DE_ML_2026-05-28.ml';
const ROOT = 'DE_ROOT_CA_CSCA07.cer';

/** The German list from its octets to committed rows: parsed, its signer chained to the root, every anchor verified and stored. */
export async function masterLists(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: createLog('silent') });
  try {
    const runs = await imports(postgres.url);
    return [
      {
        what: '588 certificates parsed, verified, imported (ms)',
        target: '< 2000 wall',
        cpu: median(runs.map((run) => run.cpu)).toFixed(0),
        wall: median(runs.map((run) => run.wall)).toFixed(0),
      },
    ];
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function imports(url: string): Promise<{ cpu: number; wall: number }[]> {
  const db = openDatabase({ url, poolSize: 2 });
  try {
    await migrateQueue(url);
    await migrate(db);
    const runs: { cpu: number; wall: number }[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await importOnce(db));
    return runs;
  } finally {
    await db.destroy();
  }
}

/** In milliseconds; the transaction is the import's own, and what it brought is taken away after it. */
async function importOnce(db: Db): Promise<{ cpu: number; wall: number }> {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent' });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const app = { config: config.config, db, clock: { now: () => now }, random: systemRandom };
  const [bytes, root] = [vector(`masterlists/${LIST}`), vector(`masterlists/roots/${ROOT}`)];
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const judged = verifyMasterList({ bytes, root, now });
  if (!judged.ok) throw new Error(judged.report.reason);
  const report = await importMasterList(app, { verified: judged.verified, source: LIST });
  const { user, system } = process.cpuUsage(before);
  const wall = performance.now() - startedAt;
  if (report.outcome !== 'imported') throw new Error(report.outcome);
  await db.raw('truncate trust_anchors, anchor_imports, anchor_import_entries cascade');
  return { cpu: (user + system) / 1000, wall };
}
