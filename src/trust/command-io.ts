/** Where a command of this domain writes: what `CommandIo` of the command line offers. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** Exit codes of sysexits.h for a command that could not do its work. */
export const EX_USAGE = 64;
export const EX_NOINPUT = 66;
