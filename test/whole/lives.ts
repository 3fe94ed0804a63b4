import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { readPostmasterPid } from '../lib/embedded-postgres/scene.ts';
import { launch } from './running-product.ts';
import type { Place, RunningProduct } from './running-product.ts';

/** One product over many lives: killed, started again, looked over, and only then open to people. */
export interface Lives {
  readonly place: Place;
  /** Grows with every kill, at the very moment of it. */
  count(): number;
  /** Resolves while the product is up and has been looked over. */
  untilOpen(): Promise<void>;
  /** `kill -9`, now; with `alsoPostgres` its PostgreSQL too, which then has to recover from its write-ahead log. */
  kill(options?: { alsoPostgres?: boolean }): Promise<void>;
  /** Starts it and kills it `afterMs` later, ready or not. */
  stillbirth(afterMs: number): Promise<void>;
  /** Starts it, looks it over, and opens it to people. */
  begin(): Promise<void>;
  /** Ends it the way an operator does. */
  end(): Promise<void>;
}

export function livesOf(
  place: Place,
  lookOver: () => Promise<void>,
  settings: Record<string, string> = {},
): Lives {
  let product: RunningProduct | null = null;
  let count = 0;
  let orphan: number | null = null;
  let opened = Promise.withResolvers<void>();
  const close = () => {
    count += 1;
    opened = Promise.withResolvers<void>();
  };
  return {
    place,
    count: () => count,
    untilOpen: () => opened.promise,
    async kill({ alsoPostgres = false } = {}) {
      close();
      process.kill(product!.pid, 'SIGKILL');
      orphan = await readPostmasterPid(place.dataDir);
      if (alsoPostgres) process.kill(orphan, 'SIGKILL');
      if (alsoPostgres) orphan = null;
      expect(await product!.exited).toBe('SIGKILL');
    },
    async stillbirth(afterMs) {
      const born = await launch(place, settings);
      await sleep(afterMs);
      await born.end('SIGKILL');
    },
    async begin() {
      product = await launch(place, settings);
      await product.ready.catch((error: unknown) => {
        throw new Error(`Life ${count} did not begin.`, { cause: error });
      });
      const adopted = /took over PostgreSQL \(process (\d+)\)/.exec(await product.output());
      if (orphan !== null) expect(Number(adopted?.[1])).toBe(orphan);
      orphan = null;
      await lookOver();
      opened.resolve();
    },
    async end() {
      close();
      expect(await product!.end('SIGTERM'), await product!.output()).toBe(0);
    },
  };
}

/** Does `work`, again from its start in the next life where a kill came between. A failure within one life is one. */
export async function persist<Result>(lives: Lives, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    await lives.untilOpen();
    const life = lives.count();
    try {
      return await work();
    } catch (error) {
      if (life === lives.count()) throw error;
    }
  }
}
