import { createHash } from 'node:crypto';
import type { InstrumentedModules } from './coverage/load-instrumented.ts';
import { fuzzTarget, type FuzzedTarget } from './fuzz-target.ts';
import { liveInput } from './live-input.ts';
import { dictionaryOf } from './mutators/dictionary.ts';
import { seeded } from './mutators/draw.ts';
import { realSeeds } from './seeds/real-seeds.ts';
import { readSeeds } from './seeds/read-seeds.ts';
import type { FuzzPlan } from './supervise.ts';
import { targetCalled } from './targets.ts';
import { fuzzVectors } from './vectors.ts';

/** Fuzzes the targets of a plan one after another, in this thread. Each has its own chance, so one alone gives what it gave among all. */
export function runPlan(
  plan: FuzzPlan,
  modules: InstrumentedModules,
  memory: SharedArrayBuffer,
  tell: (done: FuzzedTarget) => void,
): void {
  const dictionary = dictionaryOf(modules.literals);
  const vectors = fuzzVectors();
  for (const name of plan.targets) {
    const target = targetCalled(name);
    const until = performance.now() + (plan.seconds ?? 0) * 1000;
    const maxRuns = Math.ceil((plan.runs ?? 0) * (target.share ?? 1));
    const kept = vectors.filter((vector) => vector.target === name).map(({ bytes }) => bytes);
    const ours = [...readSeeds(...target.seeds), ...kept].map((bytes) => ({ bytes, ours: true }));
    const others = plan.real ? realSeeds(name).map((bytes) => ({ bytes, ours: false })) : [];
    tell(
      fuzzTarget({
        target: name,
        draw: seeded(createHash('sha256').update(`${plan.seed} ${name}`).digest().readUInt32BE()),
        goesOn: (runs) => (plan.seconds === undefined ? runs < maxRuns : performance.now() < until),
        guided: plan.guided,
        corpus: [...ours, ...others],
        blocks: modules.blocks,
        dictionary,
        live: liveInput(memory),
        keep: plan.keep ?? false,
        maxFindings: plan.maxFindings ?? 5,
      }),
    );
  }
}
