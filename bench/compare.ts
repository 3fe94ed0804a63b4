import { performance } from 'node:perf_hooks';

/** What one call costs, in microseconds: of processor time (all threads of the process) and by the clock. */
export interface Cost {
  cpu: number;
  wall: number;
}

function costOf(run: () => unknown, calls: number): Cost {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) run();
  const { user, system } = process.cpuUsage(before);
  return {
    cpu: (user + system) / calls,
    wall: ((performance.now() - startedAt) * 1000) / calls,
  };
}

const ROUNDS = 15;
const ROUND_MICROS = 25_000;

/** The costs of some ways of one thing, round by round: `costs.ours[3]` and `costs.raw[3]` were measured one after the other. */
export type Rounds<Name extends string> = Readonly<Record<Name, readonly Cost[]>>;

/**
 * Runs the ways in turns, many short rounds, each round in the other order: whatever else the machine does meets all of them
 * alike, and a round that it spoils is no median.
 */
export function measure<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
): Rounds<Name> {
  const names = Object.keys(ways) as Name[];
  const calls = names.map((name) => {
    costOf(ways[name], 300);
    return Math.max(3, Math.ceil(ROUND_MICROS / Math.max(1, costOf(ways[name], 100).cpu)));
  });
  const rounds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Cost[]
  >;
  for (let round = 0; round < ROUNDS; round++) {
    const order = names.map((name, at) => ({ name, calls: calls[at]! }));
    if (round % 2 === 1) order.reverse();
    for (const turn of order) rounds[turn.name].push(costOf(ways[turn.name], turn.calls));
  }
  return rounds;
}

/** The median of what the rounds say, not the quotient of two medians: each round's turns met the same weather. */
export function medianRatio(ours: readonly Cost[], raw: readonly Cost[], kind: keyof Cost): number {
  return median(ours.map((cost, round) => cost[kind] / raw[round]![kind]));
}

export function medianCost(costs: readonly Cost[], kind: keyof Cost): number {
  return median(costs.map((cost) => cost[kind]));
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}
