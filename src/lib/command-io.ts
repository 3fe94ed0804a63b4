import { readFile } from 'node:fs/promises';

/** Where a command writes, so that tests can read it. */
export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
}

/** Exit codes of sysexits.h for a command that could not do its work. */
export const EX_USAGE = 64;
export const EX_NOINPUT = 66;

/**
 * The file that the one argument of a command names, or the exit code where there is not exactly one argument or the
 * file cannot be read; then it has said so.
 */
export async function readOnlyArgument(
  args: readonly string[],
  io: CommandIo,
  usage: string,
): Promise<Buffer | number> {
  const [path, ...rest] = args;
  if (path === undefined || rest.length > 0) {
    io.err(`usage: tangchat ${usage}`);
    return EX_USAGE;
  }
  try {
    return await readFile(path);
  } catch {
    io.err(`${path} cannot be read`);
    return EX_NOINPUT;
  }
}
