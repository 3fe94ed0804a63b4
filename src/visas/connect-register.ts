import { readFileSync } from 'node:fs';
import type { App } from '../lib/app.ts';
import { createHttpCorrections, createHttpRegister, createHttpWatch } from './http-register.ts';
import type { HttpRegister, HttpRegisterSettings, RegisterAttempt } from './http-register.ts';
import { JWKS_PATH } from './register-envelope.ts';
import { fetchedKeys, pinnedKeys } from './register-keys.ts';
import type { RegisterKeys } from './register-keys.ts';
import type { ConnectedRegister, Registers } from './registers.ts';
import { readRegistersFile } from './registers-file.ts';
import type { ListedRegister } from './registers-file.ts';

const KEYS_TIMEOUT_MS = 3000;

type Parts = Pick<App, 'config' | 'keys' | 'clock' | 'random' | 'log'>;

/**
 * The register that the configuration names. Its keys come from REGISTER_JWKS_FILE; without that, outside production
 * only, from the register itself. It must call itself by REGISTER_URL, and know us by our ISSUER. Throws a plain
 * sentence where the key file cannot be used.
 */
export async function connectRegister(app: Parts): Promise<HttpRegister> {
  return createHttpRegister(await mainSettings(app), sourceOf(app, 'immigration'));
}

/**
 * Every register of the deployment: that of REGISTER_URL and those that REGISTERS_FILE lists; in the sandbox without
 * such a file, the labour register and the watch list that the sandbox register plays.
 */
export async function connectRegisters(app: Parts): Promise<Registers> {
  const { config } = app;
  const settings = await mainSettings(app);
  const main: ConnectedRegister = {
    name: 'immigration',
    kind: 'immigration',
    lagSeconds: config.REGISTER_LAG_SECONDS,
    required: true,
    port: createHttpRegister(settings, sourceOf(app, 'immigration')),
    corrections:
      config.REGISTER_CORRECTIONS === 'yes'
        ? createHttpCorrections(settings, sourceOf(app, 'immigration'))
        : null,
  };
  const listed: Entry[] = config.REGISTERS_FILE
    ? readRegistersFile(config.REGISTERS_FILE)
    : config.sandbox
      ? sandboxRegisters(config.REGISTER_URL)
      : [];
  const others: ConnectedRegister[] = [];
  const watch: Registers['watch'][number][] = [];
  for (const entry of listed) {
    const connection = await settingsOf(entry, app);
    const source = sourceOf(app, entry.name);
    if (entry.kind === 'watch_list') {
      watch.push({ name: entry.name, port: createHttpWatch(connection, source) });
      continue;
    }
    const { name, kind, lagSeconds, required } = entry;
    const port = createHttpRegister(connection, source);
    const corrections = entry.corrections ? createHttpCorrections(connection, source) : null;
    others.push({ name, kind, lagSeconds, required, port, corrections });
  }
  return { main, others, watch };
}

type Unpinned<Listed> = Listed extends unknown
  ? Omit<Listed, 'jwksFile'> & { jwksFile?: string }
  : never;
/** The sandbox's own registers publish their keys themselves. */
type Entry = Unpinned<ListedRegister>;

/** What the sandbox register plays beside itself, on paths of its own. */
function sandboxRegisters(registerUrl: string): Entry[] {
  const url = registerUrl.replace(/\/$/, '');
  return [
    {
      name: 'labour',
      kind: 'work_permit',
      url: `${url}/labour`,
      lagSeconds: 86_400,
      required: false,
      corrections: true,
    },
    { name: 'watch', kind: 'watch_list', url: `${url}/watch` },
  ];
}

async function mainSettings(app: Parts): Promise<HttpRegisterSettings> {
  const { config } = app;
  const url = config.REGISTER_URL.replace(/\/$/, '');
  const { REGISTER_TLS_CERT: cert, REGISTER_TLS_KEY: key, REGISTER_TLS_CA: ca } = config;
  const jwksFile = config.REGISTER_JWKS_FILE;
  return {
    ...commonSettings(url, app),
    registerKeys: await keysOf('REGISTER_JWKS_FILE', { url, jwksFile }, app),
    ...(cert || ca
      ? { tls: { ...(cert && key ? { cert, key } : {}), ...(ca ? { ca } : {}) } }
      : {}),
  };
}

async function settingsOf(entry: Entry, app: Parts): Promise<HttpRegisterSettings> {
  const url = entry.url.replace(/\/$/, '');
  const { jwksFile, tls } = entry;
  return {
    ...commonSettings(url, app),
    registerKeys: await keysOf(`The jwksFile of "${entry.name}"`, { url, jwksFile }, app),
    ...(tls && {
      tls: {
        cert: readFileSync(tls.certFile, 'utf8'),
        key: readFileSync(tls.keyFile, 'utf8'),
        ...(tls.caFile && { ca: readFileSync(tls.caFile, 'utf8') }),
      },
    }),
  };
}

function commonSettings(url: string, { config, keys }: Parts) {
  return {
    url,
    registerIssuer: url,
    clientId: config.ISSUER,
    signingJwk: keys.registerClientJwk,
    allowPlainHttp: config.sandbox,
  };
}

function sourceOf({ clock, random, log }: Parts, register: string) {
  const report = (attempt: RegisterAttempt): void => {
    if (attempt.answered) log.debug({ register, ...attempt }, 'a register answered');
    else log.warn({ register, ...attempt }, 'a register gave no answer');
  };
  return { clock, random, report };
}

/** The keys that another side signs with: pinned, or in the sandbox its own word. `what` names the setting in a fault. */
export async function keysOf(
  what: string,
  { url, jwksFile }: { url: string; jwksFile?: string | undefined },
  { config, clock }: Pick<Parts, 'config' | 'clock'>,
): Promise<RegisterKeys> {
  if (jwksFile === undefined) {
    if (!config.sandbox) throw new Error(`${what} must be set in production.`);
    const source = { url: url + JWKS_PATH, clock, timeoutMs: KEYS_TIMEOUT_MS };
    return fetchedKeys({ ...source, allowPlainHttp: true });
  }
  try {
    return await pinnedKeys(JSON.parse(readFileSync(jwksFile, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${what} cannot be used: ${why}`, { cause: error });
  }
}
