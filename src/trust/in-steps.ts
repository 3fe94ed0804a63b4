import { setImmediate } from 'node:timers/promises';

/** Lets other work through between signatures: an import must not hold up sign-ins. */
export async function inSteps<Result>(work: Generator<void, Result, void>): Promise<Result> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
