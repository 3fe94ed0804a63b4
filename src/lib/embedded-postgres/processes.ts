import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const onLinux = process.platform === 'linux';

/** A user and group number of the operating system; null is the user that runs us. */
export type OsUser = { uid: number; gid: number } | null;

/**
 * A mark that no other process with this number ever has: its start time. Null where none runs (a zombie does not).
 * Linux: clock ticks since boot (proc(5), field 22). Elsewhere: the start time that `ps` tells.
 */
export async function readStartMark(pid: number): Promise<string | null> {
  if (!onLinux) {
    const { stdout } = await run('ps', ['-o', 'state=,lstart=', '-p', String(pid)]).catch(() => ({
      stdout: '',
    }));
    const text = stdout.trim();
    return text === '' || text.startsWith('Z') ? null : text.replace(/^\S+\s+/, '');
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  if (stat === null) return null;
  // The second field, the name, may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** Where process numbers mean the same as ours: this boot of this machine, in this process namespace. */
export async function readProcessSpace(): Promise<string> {
  if (!onLinux) return hostname();
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => hostname());
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${boot.trim()} ${namespace}`;
}

/**
 * Is process `pid` a PostgreSQL that works in `folder` (an absolute, real path)? `unknown` where this may not be read.
 * `owner` is whom the folder belongs to: in a container even root may look only as that user.
 */
export async function worksAsPostgresIn(
  pid: number,
  folder: string,
  owner: OsUser,
): Promise<'yes' | 'no' | 'unknown'> {
  const name = await readProgramName(pid);
  if (name === null) return 'no';
  if (name !== 'postgres') return 'no';
  const cwd = await readWorkingFolder(pid, owner);
  if (cwd === null) return (await readStartMark(pid)) === null ? 'no' : 'unknown';
  return cwd === folder ? 'yes' : 'no';
}

/** The PostgreSQL processes, back ends too, that work in `folder`; null where this system cannot tell. */
export async function listPostgresIn(folder: string, owner: OsUser): Promise<number[] | null> {
  if (!onLinux) return null;
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid) && (await worksAsPostgresIn(pid, folder, owner)) === 'yes')
      found.push(pid);
  }
  return found;
}

async function readProgramName(pid: number): Promise<string | null> {
  if (onLinux)
    return readFile(`/proc/${pid}/comm`, 'utf8').then(
      (name) => name.trim(),
      () => null,
    );
  const { stdout } = await run('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  // PostgreSQL's own title, "postgres: …", may stand in the place of the program's path.
  const name = basename(stdout.trim()).split(':')[0] ?? '';
  return name === '' ? null : name;
}

async function readWorkingFolder(pid: number, owner: OsUser): Promise<string | null> {
  if (onLinux) {
    const link = `/proc/${pid}/cwd`;
    const direct = await readlink(link).catch(() => null);
    if (direct !== null || owner === null) return direct;
    return run('readlink', [link], { ...owner, cwd: '/' }).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    );
  }
  const { stdout } = await run('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn']).catch(() => ({
    stdout: '',
  }));
  return /^n(.+)$/m.exec(stdout)?.[1] ?? null;
}
