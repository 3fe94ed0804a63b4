import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { RunningSandboxRegister, SandboxRegisterStart } from './start-sandbox-register.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3000;
/** A register whose parent was killed ends by itself within moments: its port is waited for. */
const PORT_TRIES = 15;
const PORT_PAUSE_MS = 200;

const childMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), url: z.string(), issuer: z.string() }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
]);

/**
 * Starts the sandbox register in a process of its own, which ends with this one even when this one is killed. Rejects
 * with a plain sentence where it does not come up. Only the public halves of `clientJwks` are handed over.
 */
export async function forkSandboxRegister(
  start: Omit<SandboxRegisterStart, 'clock' | 'random'>,
): Promise<RunningSandboxRegister> {
  for (let tries = 0; tries < PORT_TRIES && !(await isFree(start)); tries++)
    await sleep(PORT_PAUSE_MS);
  const keys = start.clientJwks.keys.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid }));
  const settings = JSON.stringify({ ...start, clientJwks: { keys } });
  const child = fork(MAIN, [settings], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { url, issuer } = await firstMessage(child, start.port);
  return { url, issuer, close: () => stop(child, ended) };
}

function isFree({ port, host }: { port: number; host?: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

function firstMessage(child: ChildProcess, port: number): Promise<{ url: string; issuer: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The sandbox immigration register did not start on port ${port}: ${why}`));
    };
    const timer = setTimeout(() => fail('no word from it in time.'), START_TIMEOUT_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with ${code}.`));
    child.once('message', (received) => {
      clearTimeout(timer);
      const message = childMessage.safeParse(received);
      if (!message.success) return fail('it said something else than expected.');
      if (message.data.kind === 'failed') return fail(message.data.message);
      resolve(message.data);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
