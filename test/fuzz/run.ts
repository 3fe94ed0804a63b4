import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fuzzChips, soundOutcomes } from './fuzz-chips.ts';
import type { FuzzedTarget } from './fuzz-target.ts';
import { seeded } from './mutators/draw.ts';
import { superviseFuzzing } from './supervise.ts';
import { runTarget, targetCalled, targets } from './targets.ts';
import { keepFinding, keepVector } from './vectors.ts';

/** `npm run fuzz`: see README.md here for its options. Exits 1 where something broke. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    runs: { type: 'string' },
    chips: { type: 'string', default: '100000' },
    seed: { type: 'string', default: process.env.FUZZ_SEED ?? String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
    blind: { type: 'boolean', default: false },
    unreached: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
});
const names = values.only?.split(',') ?? Object.keys(targets);
process.exitCode = values.replay === undefined ? await fuzz() : replay(values.replay);

async function fuzz(): Promise<number> {
  const seed = Number(values.seed);
  console.log(`seed ${seed}`);
  const fuzzed = await superviseFuzzing(
    {
      targets: names.map((name) => (targetCalled(name), name)),
      seed,
      guided: !values.blind,
      real: true,
      keep: values.keep,
      ...(values.runs === undefined
        ? { seconds: Number(values.seconds) }
        : { runs: Number(values.runs) }),
    },
    report,
  );
  const broken = fuzzed.flatMap(({ findings }) => findings).length + flipBits(seed);
  if (values.unreached) tellUnreached(fuzzed);
  console.log(broken === 0 ? 'nothing broke' : `${broken} broke`);
  return broken === 0 ? 0 : 1;
}

function report({ target, runs, seconds, reached, corpus, findings, kept }: FuzzedTarget): void {
  const perSecond = Math.round(runs / Math.max(seconds, 0.001));
  console.log(
    `${target.padEnd(18)} ${String(runs).padStart(9)} inputs ${String(perSecond).padStart(7)}/s ` +
      `${String(reached.length).padStart(5)} blocks ${String(corpus).padStart(5)} in corpus  ${findings.length} findings`,
  );
  for (const finding of findings) {
    const path = keepFinding({ ...finding, ours: finding.ours && target in targets });
    console.error(`  ${finding.why.split('\n').slice(0, 4).join('\n  ')}`);
    console.error(`  npm run fuzz -- --only ${target} --replay ${path}`);
  }
  if (values.keep) for (const bytes of kept) keepVector({ target, bytes });
}

/** Which blocks of the parsers nothing reached: where seeds or changes are missing. */
function tellUnreached(fuzzed: readonly FuzzedTarget[]): void {
  const reached = new Set(fuzzed.flatMap((done) => done.reached));
  const measured = fuzzed.flatMap((done) => done.measured.filter((place) => !reached.has(place)));
  console.log([...new Set(measured)].toSorted().join('\n'));
}

/** How many changed chips were genuine, or broke something. */
function flipBits(seed: number): number {
  const count = values.only === undefined ? Number(values.chips) : 0;
  if (count === 0) return 0;
  const sound = soundOutcomes();
  if (sound.some((outcome) => outcome !== 'genuine')) {
    console.error(`the unchanged chips are ${sound.join()}`);
    return 1;
  }
  const startedAt = performance.now();
  const { chips, outcomes, wrong } = fuzzChips(seeded(seed), count);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`chips: ${chips} with one bit changed in ${seconds} s: ${JSON.stringify(outcomes)}`);
  for (const which of wrong) console.error(`  ${which}`);
  return wrong.length;
}

/** What one target makes of one file, told whole. */
function replay(path: string): number {
  const bytes = readFileSync(path);
  const outcomes = names.map((name) => runTarget(targetCalled(name), bytes));
  for (const [at, { kind, word }] of outcomes.entries())
    console.log(`${names[at]}: ${kind} ${word}`);
  return outcomes.some(({ kind }) => kind === 'fault') ? 1 : 0;
}
