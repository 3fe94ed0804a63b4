import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { makeDevelopmentKeys } from '../../src/lib/keys.ts';
import type { Server } from './browser.ts';
import type { Ready } from './protocol.ts';

export interface RunningServer extends Server, Ready {
  child: ChildProcess;
}

export interface BenchDeployment {
  databaseUrl: string;
  keysDir: string;
  start(
    kind: 'ours' | 'bare',
    options: { people: number; beside?: RunningServer },
  ): Promise<RunningServer>;
  stop(): Promise<void>;
}

/** A PostgreSQL with fsync on in a folder of its own, and server processes beside it. */
export async function startDeployment(): Promise<BenchDeployment> {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    log: { info: () => {}, warn: console.error },
  });
  const keysDir = join(folder, 'keys');
  await makeDevelopmentKeys(keysDir);
  const env = { DATABASE_URL: postgres.url, DATA_DIR: folder, KEYS_DIR: keysDir };
  const children: ChildProcess[] = [];
  return {
    databaseUrl: postgres.url,
    keysDir,
    async start(kind, { people, beside }) {
      const server = await startServer(kind, {
        ...env,
        BENCH_PEOPLE: String(people),
        // Another node of the same deployment.
        ...(beside ? { BENCH_BESIDE: 'yes', ISSUER: `http://localhost:${beside.port}` } : {}),
      });
      children.push(server.child);
      return server;
    },
    async stop() {
      for (const child of children) child.disconnect();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(
  kind: 'ours' | 'bare',
  env: Record<string, string>,
): Promise<RunningServer> {
  const port = await freePort();
  const child = fork(join(import.meta.dirname, `${kind}-server.ts`), {
    // As `npm start` runs it.
    execArgv:
      kind === 'ours'
        ? ['--min-semi-space-size=16', '--max-semi-space-size=16', '--heap-growing-percent=80']
        : [],
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'error',
      PORT: String(port),
      ISSUER: `http://localhost:${port}`,
      ...env,
    },
  });
  const [ready] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`The ${kind} server ended.`))),
  ])) as [Ready];
  // A server that falls ends the measurement too: the driver would wait for its answer for ever.
  child.on('exit', (code) => {
    if (code !== 0) throw new Error(`The ${kind} server ended with ${code}.`);
  });
  return { kind, child, ...ready };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
