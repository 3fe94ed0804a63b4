import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate, openDatabase } from '../src/lib/database.ts';
import { migrateQueue } from '../src/lib/job-runner.ts';
import { makeDevelopmentKeys } from '../src/lib/keys.ts';
import { createLog } from '../src/lib/log.ts';
import { startEmbeddedPostgres } from '../src/lib/embedded-postgres.ts';
import { unpackBrowser } from './browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    clusterUrl: string;
    keysDir: string;
    browserFolder: string;
  }
}

/** One real PostgreSQL with a migrated template, one set of keys, one unpacked browser for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-test-'));
  // As root, PostgreSQL runs as another user, who must pass through.
  chmodSync(folder, 0o755);
  const keysDir = join(folder, 'keys');
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    log: createLog('silent'),
    ephemeral: true,
    // Many files' servers share this cluster, each with pools of its own.
    postgresFlags: ['-c', 'max_connections=400'],
  });
  const [browserFolder] = await Promise.all([
    unpackBrowser(join(folder, 'browser')),
    makeDevelopmentKeys(keysDir),
    makeTemplate(postgres.url),
  ]);
  project.provide('clusterUrl', postgres.url);
  project.provide('keysDir', keysDir);
  project.provide('browserFolder', browserFolder);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function makeTemplate(clusterUrl: string): Promise<void> {
  const admin = openDatabase({ url: clusterUrl, poolSize: 2 });
  await admin.raw('create database tangchat_template');
  await admin.destroy();
  const url = new URL(clusterUrl);
  url.pathname = '/tangchat_template';
  await migrateQueue(url.href);
  const template = openDatabase({ url: url.href, poolSize: 2 });
  await migrate(template);
  await template.destroy();
}
