import { once } from 'node:events';
import type { Visitor } from './browser.ts';
import type { Order, Usage } from './protocol.ts';
import type { RunningServer } from './start-server.ts';

export interface Figures {
  perSecond: number;
  cpuMicros: number;
  systemMicros: number;
  /** Statements a flow: fewer than its waits where many requests share one. */
  waits: number;
}

export interface Job {
  server: RunningServer;
  visitors: readonly Visitor[];
  run(this: void, visitor: Visitor): Promise<void>;
  ms: number;
}

/** All visitors at once, each one flow after the other, for so long. */
export async function turn({ server, visitors, run, ms }: Job): Promise<Figures> {
  const before = await usageOf(server);
  const startedAt = performance.now();
  const endAt = startedAt + ms;
  let done = 0;
  await Promise.all(
    visitors.map(async (visitor) => {
      while (performance.now() < endAt) {
        await run(visitor);
        done++;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await usageOf(server);
  return {
    perSecond: done / seconds,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / done,
    systemMicros: (after.systemMicros - before.systemMicros) / done,
    waits: (after.waits - before.waits) / done,
  };
}

/** Statements of one flow where nothing else is under way: each is waited for. */
export async function oneAlone({ server, visitors, run }: Job): Promise<number> {
  const before = await usageOf(server);
  for (const visitor of visitors) await run(visitor);
  const after = await usageOf(server);
  return round((after.waits - before.waits) / visitors.length);
}

export async function usageOf({ child }: RunningServer): Promise<Usage> {
  child.send('usage' satisfies Order);
  const [usage] = (await once(child, 'message')) as [Usage];
  return usage;
}

export function profile({ child }: RunningServer, profileInto: string): void {
  child.send({ profileInto } satisfies Order);
}

export function endProfile({ child }: RunningServer): void {
  child.send('endProfile' satisfies Order);
}

export function median(rounds: readonly Figures[]): Figures {
  return rounds.toSorted((a, b) => a.cpuMicros - b.cpuMicros)[Math.floor(rounds.length / 2)]!;
}

export const round = (value: number) => Math.round(value * 100) / 100;
