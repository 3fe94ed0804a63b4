import { pino } from 'pino';
import type { Logger } from 'pino';

export type Log = Logger;

/**
 * The program's log: one JSON object a line on standard error. Only ids, codes, counts and durations go in;
 * `redact` is the last line of defence, not the rule (a canary test greps the log for names and numbers).
 */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['req.headers', '*.cookie', '*.authorization', '*.password'], remove: true },
      serializers: { err: describeFault },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** A fault for the log: kind, code and stack frames, not the message (database messages quote values). */
function describeFault(error: unknown) {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  const frames =
    error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  return { kind: error.name, code, frames: frames.slice(0, 8).map((line) => line.trim()) };
}
