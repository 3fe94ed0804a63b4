import { Worker } from 'node:worker_threads';
import type { DecodedJpeg2000, Jpeg2000Answer } from './jpeg2000-worker.ts';

export type Jpeg2000Result =
  | { ok: true; image: DecodedJpeg2000 }
  | { ok: false; reason: 'undecodable' | 'too_slow' };

/** How long one image may take, once its turn has come. */
const DECODE_LIMIT_MS = 5000;
/** Portraits that wait for their turn: more means that something is wrong, and each holds its bytes. */
const MAX_WAITING = 64;
/** Past it the worker is replaced: what a decoder has taken it never gives back. */
const MAX_IDLE_BYTES = 64 * 1024 * 1024;

/**
 * One worker decodes one image at a time and stays for the next, because starting it costs many times what a portrait does. It
 * is replaced after an image that breaks it, holds it up, cannot be decoded, or leaves it large: what a crafted image did
 * to a decoder never meets the next image.
 */
let worker: Worker | null = null;
let waiting = 0;
let turn: Promise<unknown> = Promise.resolve();

/** Never rejects. The caller has looked at the size in the header. */
export function decodeJpeg2000(bytes: Buffer, limitMs = DECODE_LIMIT_MS): Promise<Jpeg2000Result> {
  if (waiting >= MAX_WAITING) return Promise.resolve({ ok: false, reason: 'too_slow' });
  waiting += 1;
  const result = turn.then(() => decodeNow(bytes, limitMs));
  turn = result.then(() => (waiting -= 1));
  return result;
}

function decodeNow(bytes: Buffer, limitMs: number): Promise<Jpeg2000Result> {
  const using = (worker ??= startWorker());
  return new Promise((resolve) => {
    const finish = (result: Jpeg2000Result, keep = false) => {
      clearTimeout(timer);
      using.off('message', answered).off('error', broken).off('exit', broken);
      if (keep) using.unref();
      else {
        worker = null;
        void using.terminate();
      }
      resolve(result);
    };
    const broken = () => finish({ ok: false, reason: 'undecodable' });
    const slow = () => finish({ ok: false, reason: 'too_slow' });
    const timer = setTimeout(slow, limitMs);
    const answered = ({ image, memoryBytes }: Jpeg2000Answer) => {
      if (image === null) broken();
      else finish({ ok: true, image }, memoryBytes <= MAX_IDLE_BYTES);
    };
    using.on('message', answered).on('error', broken).on('exit', broken);
    using.ref();
    const copy = new Uint8Array(bytes);
    using.postMessage(copy, [copy.buffer]);
  });
}

/** Idle, it keeps no process alive, and one that dies idle is only forgotten. */
function startWorker(): Worker {
  const started = new Worker(new URL('./jpeg2000-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
  });
  const forget = () => {
    if (worker === started) worker = null;
  };
  return started.on('error', forget).on('exit', forget);
}
