import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './error.ts';
import type { OsUser } from './processes.ts';

const run = promisify(execFile);
const USER_NAME = 'postgres';

/**
 * Whom PostgreSQL runs as: ourselves, or, since it refuses to run as root, the owner of the cluster that is already there,
 * else the user `postgres`, made here where the system has none.
 * Throws `wrong_owner` where the cluster belongs to somebody that we cannot become, `no_user` where none can be made.
 */
export async function chooseUser(cluster: string): Promise<OsUser> {
  const present = await stat(cluster).catch(() => null);
  const me = process.getuid?.() ?? 0;
  if (me !== 0) {
    if (present !== null && present.uid !== me)
      throw new EmbeddedPostgresError(
        'wrong_owner',
        `${cluster} belongs to user number ${present.uid}, but this process runs as user number ${me}. ` +
          'Start it as the user who made the folder (or as root), or set DATA_DIR to another folder.',
      );
    return null;
  }
  if (present !== null && present.uid !== 0) return { uid: present.uid, gid: present.gid };
  const existing = await readUser();
  if (existing !== null) return existing;
  try {
    await run('groupadd', ['--force', '--system', USER_NAME]);
    await run('useradd', ['--system', '--no-create-home', '--gid', USER_NAME, USER_NAME]);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'no_user',
      'PostgreSQL refuses to run as root, and the user "postgres" could not be made. Make that user, start as an ordinary ' +
        'user, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
  const made = await readUser();
  if (made === null)
    throw new EmbeddedPostgresError(
      'no_user',
      'The user "postgres" was made but is not known to this system.',
    );
  return made;
}

async function readUser(): Promise<{ uid: number; gid: number } | null> {
  try {
    const uid = Number((await run('id', ['-u', USER_NAME])).stdout);
    const gid = Number((await run('id', ['-g', USER_NAME])).stdout);
    return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : null;
  } catch {
    return null;
  }
}

/** The first folder or file on the way to `path` that `user` may not pass, or null where the way is open. */
export async function findBarrier(path: string, user: OsUser): Promise<string | null> {
  if (user === null) return null;
  const steps: string[] = [];
  for (let step = await realpath(path); ; step = dirname(step)) {
    steps.unshift(step);
    if (step === dirname(step)) break;
  }
  // Asked of the kernel, as that user: mode bits alone would overlook access control lists.
  const script = 'for step; do test -x "$step" || { printf %s "$step"; exit 0; }; done';
  const { stdout } = await run('/bin/sh', ['-c', script, 'sh', ...steps], { ...user, cwd: '/' });
  return stdout === '' ? null : stdout;
}

/** Throws `folder_unreachable`, naming the closed folder and DATA_DIR, where `user` cannot get to `dataDir`. */
export async function requireReachable(dataDir: string, user: OsUser): Promise<void> {
  const barrier = await findBarrier(dataDir, user);
  if (barrier === null) return;
  throw new EmbeddedPostgresError(
    'folder_unreachable',
    `PostgreSQL refuses to run as root, so it runs as its own user, who cannot reach the data folder ${dataDir}: ` +
      `${barrier} is closed to others. Set DATA_DIR to a folder that every user can reach (such as /var/lib/tangchat), ` +
      'start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}
