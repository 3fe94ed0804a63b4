import type { FullApp } from './app.ts';
import { systemClock } from './lib/clock.ts';
import type { CommandIo } from './lib/command-io.ts';
import { systemRandom } from './lib/random.ts';

/** Runs `work` on the deployment that the environment names, beside a running server or alone. */
export async function withApp(
  io: CommandIo,
  work: (app: FullApp) => Promise<number>,
): Promise<number> {
  const { openDeployment, ConfigError } = await import('./deployment.ts');
  const { createApp } = await import('./app.ts');
  try {
    const deployment = await openDeployment(process.env, { beside: true });
    try {
      return await work(await createApp(deployment));
    } finally {
      await deployment.close();
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.err(error.message);
    return 78;
  }
}

/** Runs `work` with the folder of development keys, without opening a database; refused in production. */
export async function withSandboxKeys(
  io: CommandIo,
  work: (keysDir: string) => Promise<number>,
): Promise<number> {
  const { readConfig } = await import('./config.ts');
  const read = readConfig();
  if (read.ok && read.config.sandbox) return work(read.config.KEYS_DIR);
  io.err(read.ok ? 'production makes no sandbox passports' : JSON.stringify(read.faults));
  return 78;
}

/** The sandbox's own anchors and lists; nothing in production. */
export async function sandboxTrust(): Promise<{ anchors: Buffer[]; crls: Buffer[] }> {
  const { readConfig } = await import('./config.ts');
  const read = readConfig();
  if (!read.ok || !read.config.sandbox) return { anchors: [], crls: [] };
  const { loadOrMakeSandboxPki } = await import('./dev/passport-maker/sandbox-pki-file.ts');
  const app = { clock: systemClock, random: systemRandom };
  const pki = loadOrMakeSandboxPki(read.config.KEYS_DIR, app);
  return { anchors: [pki.csca.certificate], crls: [pki.revocationList] };
}

/** `seed` */
export async function seed(app: FullApp, io: CommandIo): Promise<number> {
  if (!app.config.sandbox) {
    io.err('Production has no demo people: seed is for the sandbox.');
    return 78;
  }
  const { officers, passports } = await (await import('./dev/seed.ts')).seedSandbox(app);
  io.out(JSON.stringify({ officers, passports }, null, 2));
  return 0;
}

/** `config` */
export async function showConfig(_args: string[], io: CommandIo): Promise<number> {
  const { describeConfig } = await import('./config.ts');
  const rows = describeConfig();
  io.out(JSON.stringify(rows, null, 2));
  return rows.some(({ fault }) => fault !== null) ? 78 : 0;
}
