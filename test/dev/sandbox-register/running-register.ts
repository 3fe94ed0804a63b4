import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { newUuid } from '../../../src/lib/ids.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { makeSigningJwk } from '../../../src/dev/sandbox-register/signing-key.ts';
import { startSandboxRegister } from '../../../src/dev/sandbox-register/start-sandbox-register.ts';
import { createHttpRegister } from '../../../src/visas/http-register.ts';
import type {
  HttpRegister,
  HttpRegisterSettings,
  RegisterAttempt,
} from '../../../src/visas/http-register.ts';
import { JWKS_PATH } from '../../../src/visas/register-envelope.ts';
import { fetchedKeys } from '../../../src/visas/register-keys.ts';
import type { RegisterQuestion } from '../../../src/visas/register-port.ts';

export const CLIENT_ID = 'tangchat-id';

export interface TestRegister {
  url: string;
  issuer: string;
  dataDir: string;
  clientJwk: JWK;
  /** A connector to it, quick to give up, and what each of its attempts came to. */
  connect(changes?: Partial<HttpRegisterSettings>): {
    register: HttpRegister;
    attempts: RegisterAttempt[];
  };
  /** Posts to one of its controls. */
  control(name: string, body: unknown): Promise<Response>;
  close(): Promise<void>;
}

/** A sandbox register on a free port with a folder of its own, gone after `close`. */
export async function startTestRegister(clock: Clock = systemClock): Promise<TestRegister> {
  const dataDir = mkdtempSync(join(tmpdir(), 'register-'));
  const clientJwk = await makeSigningJwk();
  const { url, issuer, close } = await startSandboxRegister({
    port: 0,
    dataDir,
    clientId: CLIENT_ID,
    clientJwks: { keys: [clientJwk] },
    clock,
  });
  return {
    url,
    issuer,
    dataDir,
    clientJwk,
    connect: (changes) => connectTo(url, issuer, clientJwk, clock, changes),
    control: (name, body) =>
      fetch(`${url}/control/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    close: async () => {
      await close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** A connector with short time-outs. */
export function connectTo(
  url: string,
  issuer: string,
  signingJwk: JWK,
  clock: Clock,
  changes: Partial<HttpRegisterSettings> = {},
): { register: HttpRegister; attempts: RegisterAttempt[] } {
  const attempts: RegisterAttempt[] = [];
  const keysUrl = url + JWKS_PATH;
  const settings: HttpRegisterSettings = {
    url,
    registerIssuer: issuer,
    clientId: CLIENT_ID,
    signingJwk,
    registerKeys: fetchedKeys({ url: keysUrl, clock, allowPlainHttp: true, timeoutMs: 500 }),
    allowPlainHttp: true,
    ...changes,
    limits: {
      attemptTimeoutMs: 300,
      maxAttempts: 2,
      retryPauseMaxMs: 2,
      breaker: { failuresToOpen: 1000, openSeconds: 10 },
      ...changes.limits,
    },
  };
  const report = (attempt: RegisterAttempt) => void attempts.push(attempt);
  const source = { clock, random: systemRandom, report };
  return { register: createHttpRegister(settings, source), attempts };
}

export function question(
  documentNumber = 'L898902C3',
  more: Partial<RegisterQuestion> = {},
): RegisterQuestion {
  return {
    requestId: newUuid({ clock: systemClock, random: systemRandom }),
    issuingState: 'UTO',
    documentNumber,
    dateOfBirth: '1990-08-12',
    ...more,
  };
}
