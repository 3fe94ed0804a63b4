import { afterAll, onTestFinished } from 'vitest';

/** Undoes something when the test that is running ends; outside a test, when the file does. Latest first. */
export function atEnd(undo: () => Promise<unknown> | void): void {
  const work = async () => {
    await undo();
  };
  try {
    onTestFinished(work, 60_000);
  } catch {
    afterAll(work, 60_000);
  }
}
