/** What the driver asks of a server process, and gets back. */
export interface Usage {
  /** Processor time of the process so far, µs. */
  cpuMicros: number;
  /** Statements sent to the database so far; 0 where there is none. */
  queries: number;
}

export interface Ready {
  port: number;
  /** The client's secret. */
  secret: string;
  /** A cookie header for each person that may sign in. */
  people: string[];
}

export const CLIENT_ID = 'bench';
export const REDIRECT_URI = 'http://127.0.0.1:9/callback';

/** Answers `usage` messages for as long as the parent lives. */
export function serveUsage(queries: () => number): void {
  process.on('message', (message) => {
    if (message !== 'usage') return;
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system, queries: queries() } satisfies Usage);
  });
  process.on('disconnect', () => process.exit(0));
}
