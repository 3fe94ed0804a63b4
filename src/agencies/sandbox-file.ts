import type { App } from '../lib/app.ts';
import { EX_NOINPUT, readOnlyArgument } from '../lib/command-io.ts';
import type { CommandIo } from '../lib/command-io.ts';

/**
 * The JSON file that the one argument of a registering command names, or the exit code of a refusal that was said: 1 in
 * production, where two people register by the console; 64 without a file; 66 where it cannot be read.
 */
export async function readSandboxFile(
  args: readonly string[],
  io: CommandIo,
  { app, usage }: { app: App; usage: string },
): Promise<{ ok: true; value: unknown } | { ok: false; exit: number }> {
  if (!app.config.sandbox) {
    io.err('In production this is registered through the console, by two people.');
    return { ok: false, exit: 1 };
  }
  const bytes = await readOnlyArgument(args, io, usage);
  if (typeof bytes === 'number') return { ok: false, exit: bytes };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    io.err(`${args[0]} cannot be read as JSON.`);
    return { ok: false, exit: EX_NOINPUT };
  }
}
