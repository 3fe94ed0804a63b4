import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';
import type { Config } from '../src/config.ts';
import { atEnd } from './at-end.ts';

/** Runs `file` as a process of its own, under plain Node, on the database and keys of a test; resolves at its first message. */
export async function startBeside(
  file: string,
  given: { databaseUrl: string; config: Config },
): Promise<ChildProcess> {
  const child = fork(file, {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: given.databaseUrl,
      KEYS_DIR: inject('keysDir'),
      DATA_DIR: given.config.DATA_DIR,
    },
    execArgv: [],
    stdio: 'inherit',
  });
  atEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child, 'message');
  return child;
}
