/** Microseconds of processor time a call, of the whole process: other work on the machine counts less than by the clock. */
function cost(run: () => unknown, calls: number): number {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const ROUNDS = 11;
const ROUND_MICROS = 60_000;

/** Two ways of one thing, in turns: of each its least disturbed round. */
export function compare(
  ours: () => unknown,
  raw: () => unknown,
): { ratio: string; ours_us: string; raw_us: string } {
  const [ourCalls, rawCalls] = [ours, raw].map((run) => {
    cost(run, 20);
    return Math.max(5, Math.ceil(ROUND_MICROS / Math.max(1, cost(run, 20))));
  });
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ours: cost(ours, ourCalls!),
    raw: cost(raw, rawCalls!),
  }));
  const best = {
    ours: Math.min(...rounds.map((round) => round.ours)),
    raw: Math.min(...rounds.map((round) => round.raw)),
  };
  return {
    ratio: (best.ours / best.raw).toFixed(2),
    ours_us: best.ours.toFixed(0),
    raw_us: best.raw.toFixed(0),
  };
}

/** Calls a second of processor time. */
export function rate(run: () => unknown): number {
  cost(run, 2000);
  const micros = Math.min(...Array.from({ length: ROUNDS }, () => cost(run, 10_000)));
  return Math.round(1e6 / micros);
}
