import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { systemRandom } from '../../lib/random.ts';
import { createSandboxMatcher } from '../sandbox-matcher/create-sandbox-matcher.ts';
import { createSandboxRegister } from './create-sandbox-register.ts';
import { loadOrMakeSigningJwk } from './signing-key.ts';

/** The sandbox face matcher is played by the same process. */
const MATCHER_PATH = '/matcher';

export interface SandboxRegisterStart {
  /** 0: any free one. */
  port: number;
  host?: string;
  /** Its records and its key live here. */
  dataDir: string;
  /** Unless given, its own address. */
  issuer?: string;
  clientId: string;
  clientJwks: { keys: JWK[] };
  clock?: Clock;
  random?: Random;
}

export interface RunningSandboxRegister {
  url: string;
  issuer: string;
  close: () => Promise<void>;
}

/** Starts the sandbox register, with the sandbox face matcher beside it. Rejects with the system's error where the port is taken or the folder not writable. */
export async function startSandboxRegister(
  start: SandboxRegisterStart,
): Promise<RunningSandboxRegister> {
  const { host = '127.0.0.1', clock = systemClock, random = systemRandom } = start;
  const signingJwk = await loadOrMakeSigningJwk(join(start.dataDir, 'signing-key.json'));
  let handle: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  // Its own address is known only once it listens; until then it is not ready.
  const server = createServer((request, response) => {
    if (handle) handle(request, response);
    else response.writeHead(503).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(start.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const issuer = start.issuer ?? url;
  const { clientId, clientJwks } = start;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  try {
    const dataFile = join(start.dataDir, 'records.json');
    const options = { dataFile, signingJwk, issuer, clientId, clientJwks, clock, random };
    const register = await createSandboxRegister(options);
    const matcher = await createSandboxMatcher({ ...options, issuer: `${issuer}${MATCHER_PATH}` });
    handle = (request, response) =>
      (request.url?.startsWith(`${MATCHER_PATH}/`) ? matcher : register)(request, response);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, issuer, close };
}
