import { parentPort, workerData } from 'node:worker_threads';
import { loadInstrumented } from './coverage/load-instrumented.ts';
import type { FuzzPlan } from './supervise.ts';

/** The thread that fuzzes: its parsers count their blocks, so nothing of them may be loaded before the counters are. */
const modules = loadInstrumented();
const { runPlan } = await import('./run-plan.ts');
const { plan, memory } = workerData as { plan: FuzzPlan; memory: SharedArrayBuffer };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
runPlan(plan, modules, memory, (done) => parentPort?.postMessage(done));
