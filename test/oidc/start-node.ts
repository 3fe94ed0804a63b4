import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inject } from 'vitest';
import { atEnd } from '../at-end.ts';
import type { TestServer } from '../harness.ts';

/** Another process of our server on the same database, under the same issuer. Gives its own address. */
export async function startNode(
  server: TestServer,
  settings: Record<string, string> = {},
): Promise<string> {
  return (await startVictim(server, settings)).url;
}

/** As `startNode`, to be killed: `kill` is `kill -9`, and resolves once the process is gone. */
export async function startVictim(
  server: TestServer,
  settings: Record<string, string> = {},
): Promise<{ url: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'node.ts')], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      DATABASE_URL: server.databaseUrl,
      KEYS_DIR: inject('keysDir'),
      DATA_DIR: server.app.config.DATA_DIR,
      ISSUER: server.url,
      ...settings,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  atEnd(async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The other process ended with ${String(code)} before it listened.`);
  });
  ended.catch(() => undefined);
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  return {
    url: `http://127.0.0.1:${Number(line.toString())}`,
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
