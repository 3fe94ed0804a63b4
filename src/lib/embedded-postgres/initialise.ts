import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError, errorFromOutput } from './error.ts';
import type { OsUser } from './processes.ts';
import type { Programs } from './programs.ts';
import {
  DATABASE,
  HOST_BASED_AUTHENTICATION,
  PROGRAM_ENVIRONMENT,
  ROLE,
  singleUserFlags,
} from './settings.ts';

/** Says which programs finished the cluster; written last, so its absence in a draft means half-finished. */
const MARKER = 'tangchat.initialised';

/** What making or opening a cluster needs to know. */
export interface ClusterPlace {
  /** The data folder of the product. */
  dataDir: string;
  /** The cluster itself, `<dataDir>/postgres`. */
  cluster: string;
  programs: Programs;
  user: OsUser;
  ephemeral: boolean;
}

/**
 * Makes the cluster where there is none, and gives the password of the role `tangchat`.
 *
 * It is made beside its place, in `postgres.init-…`, and moved there by one rename once role, database and marker are in it.
 * So a folder called `postgres` is always a finished cluster, and only drafts are ever deleted, whatever was killed when.
 */
export async function openCluster(
  place: ClusterPlace,
): Promise<{ password: string; made: boolean }> {
  await removeDrafts(place);
  if (await holdsCluster(place))
    return { password: await readPassword(place.dataDir, ROLE), made: false };
  const password = await makePassword(place.dataDir, ROLE);
  const superuserPassword = await makePassword(place.dataDir, 'superuser');
  const draft = join(place.dataDir, `postgres.init-${randomBytes(6).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  if (place.user !== null) await chown(draft, place.user.uid, place.user.gid);
  await runInitdb(place, draft);
  await writeFile(join(draft, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION);
  await makeRoleAndDatabase(place, draft, { password, superuserPassword });
  await writeFile(
    join(draft, MARKER),
    `${basename(place.programs.postgres)} ${place.programs.majorVersion}\n`,
  );
  await rename(draft, place.cluster);
  if (!place.ephemeral) await syncFolder(place.dataDir);
  return { password, made: true };
}

/** Is there a cluster of our version? Throws `wrong_version`, or `not_a_cluster` where the folder holds something else. */
async function holdsCluster({ cluster, programs }: ClusterPlace): Promise<boolean> {
  const entries = await readdir(cluster).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (entries === null) return false;
  if (!entries.includes('PG_VERSION')) {
    if (entries.length === 0) {
      await rm(cluster, { recursive: true });
      return false;
    }
    throw new EmbeddedPostgresError(
      'not_a_cluster',
      `${cluster} holds files, but no PostgreSQL cluster. It is left as it is: move it away, or set DATA_DIR to another folder.`,
    );
  }
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (version !== programs.majorVersion)
    throw new EmbeddedPostgresError(
      'wrong_version',
      `${cluster} was written by PostgreSQL ${version}, this is PostgreSQL ${programs.majorVersion}. ` +
        'Dump it with the old version and load the dump into a fresh DATA_DIR.',
    );
  return true;
}

async function removeDrafts({ dataDir }: ClusterPlace): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith('postgres.init-'))
      // An initdb that outlived its Node may still be writing there; what cannot go now goes at the next start.
      await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 }).catch(
        () => undefined,
      );
}

async function runInitdb(place: ClusterPlace, draft: string): Promise<void> {
  const flags = [
    `--pgdata=${draft}`,
    '--username=postgres',
    // Trust holds only until our pg_hba.conf takes its place, before any server listens.
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(place.ephemeral ? ['--no-sync'] : []),
  ];
  await runProgram(place, place.programs.initdb, flags, '');
}

async function makeRoleAndDatabase(
  place: ClusterPlace,
  draft: string,
  secrets: { password: string; superuserPassword: string },
): Promise<void> {
  // Passwords are base64url, so they need no quoting; on standard input no process list shows them.
  const sql = [
    `alter role postgres password '${secrets.superuserPassword}';`,
    `create role ${ROLE} login createdb password '${secrets.password}';`,
    `grant pg_checkpoint, pg_monitor to ${ROLE};`,
    `create database ${DATABASE} owner ${ROLE};`,
    `revoke connect, temporary on database ${DATABASE} from public;`,
  ];
  const flags = ['--single', '-D', draft, ...singleUserFlags(place), 'postgres'];
  await runProgram(place, place.programs.postgres, flags, `${sql.join('\n')}\n`);
}

async function runProgram(
  place: ClusterPlace,
  program: string,
  flags: string[],
  input: string,
): Promise<void> {
  const child = spawn(program, flags, { ...place.user, cwd: '/', env: PROGRAM_ENVIRONMENT });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (exit, signal) => resolve(exit ?? signal ?? 'unknown'));
  });
  if (code === 0) return;
  const what = `The PostgreSQL cluster could not be made (${basename(program)} ended with ${code})`;
  throw errorFromOutput(what, output, 'initialise_failed');
}

function passwordFile(dataDir: string, role: string): string {
  return join(dataDir, role === ROLE ? 'postgres.password' : `postgres.${role}.password`);
}

/** The password kept beside the cluster. Throws `password_missing`. */
export async function readPassword(dataDir: string, role = ROLE): Promise<string> {
  const file = passwordFile(dataDir, role);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new EmbeddedPostgresError(
      'password_missing',
      cause.code === 'ENOENT'
        ? `${file} is gone, but the cluster beside it needs the password in it. Put the file back from a backup of the data folder.`
        : `${file} cannot be read (${cause.code}). Start as the user who made the data folder.`,
      { cause },
    );
  });
  return text.trim();
}

/** A password for a cluster yet to be made: the one that a half-finished start left, or a new one of 256 bits. */
async function makePassword(dataDir: string, role: string): Promise<string> {
  const file = passwordFile(dataDir, role);
  const left = await readFile(file, 'utf8').catch(() => '');
  if (/^[\w-]{43}$/.test(left.trim())) return left.trim();
  const password = randomBytes(32).toString('base64url');
  const draft = await open(`${file}.new`, 'w', 0o600);
  try {
    await draft.writeFile(`${password}\n`);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file}.new`, file);
  await syncFolder(dirname(file));
  return password;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
