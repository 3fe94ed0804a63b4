import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { migrate, openDatabase } from './lib/database.ts';
import type { Db } from './lib/database.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from './lib/embedded-postgres.ts';
import { migrateQueue } from './lib/job-runner.ts';
import { loadKeys, makeDevelopmentKeys } from './lib/keys.ts';
import type { Keys } from './lib/keys.ts';
import { createLog } from './lib/log.ts';
import type { Log } from './lib/log.ts';

/** What a deployment stands on. */
export interface Deployment {
  config: Config;
  keys: Keys;
  log: Log;
  databaseUrl: string;
  db: Db;
  /** Closes the pool, and stops PostgreSQL where this process started it. */
  close(): Promise<void>;
}

/** The settings are wrong: the message lists every fault, one a line. */
export class ConfigError extends Error {}

/** Reads the settings, or throws a ConfigError that names all faults. */
export function requireConfig(env: NodeJS.ProcessEnv): Config {
  const read = readConfig(env);
  if (read.ok) return read.config;
  const faults = read.faults.map(({ name, message }) => `  ${name}: ${message}`);
  throw new ConfigError(`The configuration has faults:\n${faults.join('\n')}`);
}

/**
 * Opens settings, keys and an up-to-date database. With DATABASE_URL unset the database is our own PostgreSQL
 * under DATA_DIR; a command that runs `beside` a server uses the one that the server has started.
 */
export async function openDeployment(
  env: NodeJS.ProcessEnv,
  options: { beside?: boolean; onDatabaseLost?: () => void } = {},
): Promise<Deployment> {
  const config = requireConfig(env);
  const log = createLog(config.LOG_LEVEL);
  const keys = await openKeys(config);
  const database = await openPostgres(config, log, options);
  const db = openDatabase({ url: database.url, poolSize: config.DATABASE_POOL });
  const close = async () => {
    await db.destroy();
    await database.stop();
  };
  try {
    await migrateQueue(database.url);
    const migrations = await migrate(db);
    if (migrations.length > 0) log.info({ migrations: migrations.length }, 'migrated');
  } catch (error) {
    await close();
    throw error;
  }
  return { config, keys, log, databaseUrl: database.url, db, close };
}

async function openKeys(config: Config): Promise<Keys> {
  if (config.sandbox) await makeDevelopmentKeys(config.KEYS_DIR);
  const keys = loadKeys(config.KEYS_DIR);
  if (keys.development && !config.sandbox)
    throw new ConfigError(
      `The keys in ${config.KEYS_DIR} are development keys: production refuses them.`,
    );
  return keys;
}

async function openPostgres(
  config: Config,
  log: Log,
  options: { beside?: boolean; onDatabaseLost?: () => void },
): Promise<{ url: string; stop(): Promise<void> }> {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, stop: async () => {} };
  const running = options.beside ? await findEmbeddedPostgres(config.DATA_DIR) : null;
  if (running) return { url: running, stop: async () => {} };
  return startEmbeddedPostgres({
    dataDir: config.DATA_DIR,
    log: { info: (text) => log.info(text), warn: (text) => log.warn(text) },
    ...(options.onDatabaseLost ? { onLost: options.onDatabaseLost } : {}),
  });
}
