import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** What the driver asks of a server process, and gets back. */
export interface Usage {
  /** Processor time of the process so far, µs. */
  cpuMicros: number;
  /** The part of it in the system's own code: sockets, mostly. */
  systemMicros: number;
  /** Round trips to the database so far; 0 where there is none. */
  waits: number;
  /** Resident memory now, bytes. */
  residentBytes: number;
}

export interface Ready {
  port: number;
  /** The clients' secret. */
  secret: string;
  /** A cookie header for each person that may sign in. */
  people: string[];
}

/** A confidential service; a public one, whose refresh tokens rotate; one that nobody has agreed to yet (ours). */
export const CLIENT_ID = 'bench';
export const PUBLIC_CLIENT_ID = 'bench-app';
export const CONSENT_CLIENT_ID = 'bench-consent';
/** A service without people, and its APIs: one takes tokens as JWT, the other asks us about them. */
export const MACHINE_CLIENT_ID = 'bench-machine';
export const API = {
  jwt: 'https://api.bench.example/jwt',
  opaque: 'https://api.bench.example/opaque',
};
export const REDIRECT_URI = 'http://127.0.0.1:9/callback';

/** What the driver says to a server process. */
export type Order = 'usage' | { profileInto: string } | 'endProfile';

/** Answers `usage` messages for as long as the parent lives; takes processor profiles where it is told to. */
export function serveUsage(waits: () => number): void {
  const inspector = new Session();
  inspector.connect();
  let profileInto = '';
  const obey = async (order: Order) => {
    if (order === 'usage') {
      const { user, system } = process.cpuUsage();
      const residentBytes = process.memoryUsage.rss();
      process.send?.({
        cpuMicros: user + system,
        systemMicros: system,
        waits: waits(),
        residentBytes,
      } satisfies Usage);
    } else if (order === 'endProfile') {
      const { profile } = await inspector.post('Profiler.stop');
      writeFileSync(profileInto, JSON.stringify(profile));
    } else {
      profileInto = order.profileInto;
      await inspector.post('Profiler.enable');
      await inspector.post('Profiler.start');
    }
  };
  process.on('message', (order) => void obey(order as Order));
  process.on('disconnect', () => process.exit(0));
}
