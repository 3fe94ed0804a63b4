import { MAX_INPUT_BYTES } from './mutators/mutate.ts';

/**
 * The input that is being run, in memory that two threads see: where a parser never comes back or takes all memory, whoever
 * watches still knows what did it.
 */
export interface LiveInput {
  readonly memory: SharedArrayBuffer;
  show(bytes: Buffer): void;
  /** How many were shown. */
  count(): number;
  current(): Buffer;
}

const HEADER_BYTES = 8;

export function liveInput(
  memory = new SharedArrayBuffer(HEADER_BYTES + 16 * MAX_INPUT_BYTES),
): LiveInput {
  const header = new Int32Array(memory, 0, 2);
  const room = new Uint8Array(memory, HEADER_BYTES);
  return {
    memory,
    show(bytes) {
      const shown = bytes.subarray(0, room.length);
      room.set(shown);
      header[1] = shown.length;
      Atomics.add(header, 0, 1);
    },
    count: () => Atomics.load(header, 0),
    current: () => Buffer.from(room.slice(0, header[1])),
  };
}
