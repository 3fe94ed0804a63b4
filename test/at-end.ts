import { onTestFinished } from 'vitest';

type Undo = () => Promise<unknown> | void;

const undos: Undo[] = [];

/** Undoes something when the test that is running ends; outside a test, when the file does. Latest first. */
export function atEnd(undo: Undo): void {
  const work = async () => {
    await undo();
  };
  try {
    onTestFinished(work, 60_000);
  } catch {
    undos.push(work);
  }
}

/** Undoes what was begun outside tests. An `afterAll` that is registered in a `beforeAll` would never run. */
export async function undoAll(): Promise<void> {
  for (const undo of undos.splice(0).toReversed()) await undo();
}
