import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { atEnd } from './at-end.ts';
import { createApp, createServer } from '../src/app.ts';
import type { FullApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Config } from '../src/config.ts';
import { createBlindIndex } from '../src/lib/blind-index.ts';
import type { App } from '../src/lib/app.ts';
import { systemClock } from '../src/lib/clock.ts';
import { openDatabase } from '../src/lib/database.ts';
import type { Db } from '../src/lib/database.ts';
import { createFieldCipher } from '../src/lib/field-encryption.ts';
import { runJobs } from '../src/lib/job-runner.ts';
import { loadKeys } from '../src/lib/keys.ts';
import { createListener } from '../src/web/listener.ts';
import { createLog } from '../src/lib/log.ts';
import { systemRandom } from '../src/lib/random.ts';
import { jobs } from '../src/jobs.ts';

/** A database of this test file's own, copied from the migrated template; dropped after the file. */
export async function testDatabase(): Promise<{ url: string; db: Db }> {
  const clusterUrl = inject('clusterUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase({ url: clusterUrl, poolSize: 1 });
  await admin.raw(`create database ${name} template tangchat_template strategy file_copy`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  const db = openDatabase({ url: url.href, poolSize: 12 });
  atEnd(async () => {
    await db.destroy();
    await dropDatabase(admin, name);
    await admin.destroy();
  });
  return { url: url.href, db };
}

/** Whoever is still connected is cut off; an autovacuum worker, which only a superuser may end, is waited for. */
async function dropDatabase(admin: Db, name: string): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await admin.raw(`drop database if exists ${name} with (force)`);
    } catch (error) {
      const isNotOurs = (error as { code?: string }).code === '42501';
      if (!isNotOurs || tries === 50) throw error;
      await sleep(200);
    }
}

/** A configuration for tests: quiet, in a folder of its own, any setting overridden. */
export function testConfig(settings: Record<string, string> = {}): Config {
  const dataDir = mkdtempSync(join(tmpdir(), 'tangchat-data-'));
  atEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  const result = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    // Officers compare; tests of the matcher name it.
    MATCHER_URL: 'none',
    KEYS_DIR: inject('keysDir'),
    DATA_DIR: dataDir,
    ...settings,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

/** The `App` without web parts, on a database of its own: for use cases. */
export async function testApp(settings: Record<string, string> = {}): Promise<App> {
  const { db } = await testDatabase();
  const keys = loadKeys(inject('keysDir'));
  return {
    config: testConfig(settings),
    db,
    keys,
    clock: systemClock,
    random: systemRandom,
    log: createLog('silent'),
    cipher: createFieldCipher({
      keyEncryptionKey: keys.keyEncryptionKey,
      clock: systemClock,
      random: systemRandom,
    }),
    blindIndex: createBlindIndex(keys.blindIndexKey),
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of `count` ports in a row that were free a moment ago. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const first = await probe(0);
    const rest = await Promise.allSettled(
      Array.from({ length: count - 1 }, (_, step) => probe(first.port + step + 1)),
    );
    await first.close();
    for (const one of rest) if (one.status === 'fulfilled') await one.value.close();
    if (rest.every(({ status }) => status === 'fulfilled')) return first.port;
  }
  throw new Error(`There are no ${count} free ports in a row.`);
}

async function probe(port: number): Promise<{ port: number; close(): Promise<void> }> {
  const server = createNetServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export interface TestServer {
  app: FullApp;
  /** The issuer: where the browser and agencies go. */
  url: string;
  databaseUrl: string;
  server: Server;
}

/** The whole product over HTTP on localhost, with its background jobs, on a database of its own. */
export async function startTestServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const { db, url: databaseUrl } = await testDatabase();
  const port = await freePort();
  const config = testConfig({ PORT: String(port), ...settings });
  const app = await createApp({
    config,
    db,
    keys: loadKeys(config.KEYS_DIR),
    log: createLog('silent'),
  });
  const runner = await runJobs({
    databaseUrl,
    log: app.log,
    jobs: Object.fromEntries(
      Object.entries(jobs).map(([name, work]) => [name, (payload) => work(payload, app)]),
    ),
  });
  // Plain HTTP, also where TLS is set: that is a listener of the test's own.
  const plain = { ...config, TLS_CERT: undefined };
  const server = createListener(plain, createServer(app).callback()).listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await runner.stop();
  });
  return { app, url: config.ISSUER, databaseUrl, server };
}
