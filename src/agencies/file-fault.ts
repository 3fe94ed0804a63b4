import type { z } from 'zod';
import type { CommandIo } from '../lib/command-io.ts';

/** A place in a file, and what must be there. */
export interface FileFault {
  path: string;
  message: string;
}

/** What a schema found wrong with a file. */
export function faultsOf(error: z.ZodError): FileFault[] {
  return error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
}

/** Says each fault on a line of its own; the exit code of a refused file. */
export function tellFaults(io: CommandIo, faults: readonly FileFault[]): number {
  for (const { path, message } of faults) io.err(`${path || 'the file'}: ${message}`);
  return 1;
}
