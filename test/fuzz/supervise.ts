import { Worker } from 'node:worker_threads';
import type { FuzzedTarget } from './fuzz-target.ts';
import { liveInput, type LiveInput } from './live-input.ts';

export interface FuzzPlan {
  targets: readonly string[];
  seed: number;
  guided: boolean;
  /** Start from real documents beside the project too, where there are some. */
  real: boolean;
  /** For each target; or else `runs`. */
  seconds?: number;
  runs?: number;
  /** Choose inputs worth keeping among the vectors. */
  keep?: boolean;
  /** Different ones, of each target; 5 unless given. */
  maxFindings?: number;
  /** No input takes so long, however busy the machine: 30 unless given. */
  hangSeconds?: number;
  /** Of the thread: its code, the corpus and 64 MB for a parser; 128 unless given. */
  maxHeapMb?: number;
}

/**
 * Fuzzes in a thread of its own, and watches it: an input on which a parser hangs or takes all memory ends the thread, is a
 * finding, and the next target goes on in a new one.
 */
export async function superviseFuzzing(
  plan: FuzzPlan,
  tell: (done: FuzzedTarget) => void = () => undefined,
): Promise<FuzzedTarget[]> {
  const results: FuzzedTarget[] = [];
  let left = [...plan.targets];
  while (left.length > 0) {
    const live = liveInput();
    const why = await runThread({ ...plan, targets: left }, live, (done) => {
      results.push(done);
      tell(done);
    });
    left = plan.targets.filter((name) => results.every(({ target }) => target !== name));
    const [broken] = left;
    if (why === null || broken === undefined) continue;
    const finding = { target: broken, why, bytes: live.current(), ours: !plan.real };
    const done = {
      target: broken,
      runs: live.count(),
      seconds: 0,
      reached: [],
      measured: [],
      corpus: 0,
      kept: [],
    };
    results.push({ ...done, findings: [finding] });
    tell(results.at(-1)!);
    left = left.slice(1);
  }
  return results;
}

/** Gives null when the thread came to its end, or else what ended it. */
function runThread(
  plan: FuzzPlan,
  live: LiveInput,
  tell: (done: FuzzedTarget) => void,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const { hangSeconds = 30, maxHeapMb = 128 } = plan;
    const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), {
      workerData: { plan, memory: live.memory },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    let [count, quietSeconds] = [0, 0];
    const watch = setInterval(() => {
      // While the thread still loads its code nothing has been shown.
      const quiet = live.count() === count && count > 0;
      quietSeconds = quiet ? quietSeconds + 1 : 0;
      count = live.count();
      if (quietSeconds < hangSeconds) return;
      finish(() => resolve(`hangs: no answer in ${hangSeconds} s`));
    }, 1000);
    const finish = (settle: () => void) => {
      clearInterval(watch);
      settle();
      void worker.terminate();
    };
    worker.on('message', tell);
    worker.once('exit', () => finish(() => resolve(null)));
    worker.once('error', (error: Error & { code?: string }) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? finish(() => resolve(`takes more than ${maxHeapMb} MB`))
        : finish(() => reject(error)),
    );
  });
}
