import { readFileSync } from 'node:fs';
import type { App } from '../lib/app.ts';
import { createHttpRegister } from './http-register.ts';
import type { HttpRegister, RegisterAttempt } from './http-register.ts';
import { JWKS_PATH } from './register-envelope.ts';
import { fetchedKeys, pinnedKeys } from './register-keys.ts';
import type { RegisterKeys } from './register-keys.ts';

const KEYS_TIMEOUT_MS = 3000;

/**
 * The register that the configuration names. Its keys come from REGISTER_JWKS_FILE; without that, outside production
 * only, from the register itself. It must call itself by REGISTER_URL, and know us by our ISSUER. Throws a plain
 * sentence where the key file cannot be used.
 */
export async function connectRegister(
  app: Pick<App, 'config' | 'keys' | 'clock' | 'random' | 'log'>,
): Promise<HttpRegister> {
  const { config, keys, clock, random, log } = app;
  const url = config.REGISTER_URL.replace(/\/$/, '');
  return createHttpRegister(
    {
      url,
      registerIssuer: url,
      clientId: config.ISSUER,
      signingJwk: keys.registerClientJwk,
      registerKeys: await registerKeys(url, app),
      allowPlainHttp: config.sandbox,
    },
    {
      clock,
      random,
      report: (attempt) => {
        if (ANSWERED.has(attempt.outcome)) log.debug(attempt, 'immigration register answered');
        else log.warn(attempt, 'immigration register gave no answer');
      },
    },
  );
}

const ANSWERED: ReadonlySet<RegisterAttempt['outcome']> = new Set<RegisterAttempt['outcome']>([
  'found',
  'not_found',
  'pending',
]);

async function registerKeys(
  url: string,
  { config, clock }: Pick<App, 'config' | 'clock'>,
): Promise<RegisterKeys> {
  const path = config.REGISTER_JWKS_FILE;
  if (path === undefined) {
    if (!config.sandbox) throw new Error('REGISTER_JWKS_FILE must be set in production.');
    const source = { url: url + JWKS_PATH, clock, timeoutMs: KEYS_TIMEOUT_MS };
    return fetchedKeys({ ...source, allowPlainHttp: true });
  }
  try {
    return await pinnedKeys(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`REGISTER_JWKS_FILE cannot be used: ${why}`, { cause: error });
  }
}
