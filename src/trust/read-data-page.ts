import { Worker } from 'node:worker_threads';
import type { MrzOptions } from '../documents/mrz.ts';
import type { ZoneReading } from '../documents/ocr-read-zone.ts';
import { greyPixels, type DataPageImage, type GreyPixels } from '../lib/data-page-image.ts';

export type DataPageReading =
  | { ok: true; reading: ZoneReading }
  /** `busy`: as many photos wait as may; the sender should try again in a moment. */
  | { ok: false; reason: Extract<DataPageImage, { ok: false }>['reason'] | 'busy' };

/** What the worker is given. */
export interface ReadingTask {
  image: GreyPixels;
  options: MrzOptions;
}

const LIMIT_SECONDS = 15;
/** Photos in work at one time: each takes a core for half a second and up to 110 MB. */
const MOST_AT_ONCE = 2;
/** Photos that wait for their turn, each with its bytes: four seconds of work for two cores. */
const MOST_WAITING = 16;

let working = 0;
const waiting: (() => void)[] = [];

/**
 * The machine-readable zone in a photo of a data page, a card or a visa: JPEG, PNG or WebP, at most 40 megapixels. Read off the main
 * thread under a time limit, two at a time, and refused as `busy` where too many wait. Only the outcome `read` says what stands
 * there; `candidates` are for a person to compare with the page.
 */
export async function readDataPage(photo: Buffer, options: MrzOptions): Promise<DataPageReading> {
  if (working >= MOST_AT_ONCE) {
    if (waiting.length >= MOST_WAITING) return { ok: false, reason: 'busy' };
    // Whoever ends hands its place on, so `working` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else working += 1;
  try {
    const pixels = await greyPixels(photo);
    return pixels.ok ? await read({ image: pixels.image, options }) : pixels;
  } finally {
    const next = waiting.shift();
    if (next === undefined) working -= 1;
    else next();
  }
}

/** One worker for one picture: what a crafted picture holds up is stopped, and nothing else with it. */
function read(task: ReadingTask): Promise<DataPageReading> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./read-data-page-worker.ts', import.meta.url), {
      workerData: task,
      transferList: [task.image.data.buffer as ArrayBuffer],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
      stdout: true,
      stderr: true,
    });
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      settle();
      void worker.terminate();
    };
    const slow = () => finish(() => resolve({ ok: false, reason: 'too_slow' }));
    const timer = setTimeout(slow, LIMIT_SECONDS * 1000);
    worker.once('message', (reading: ZoneReading) => finish(() => resolve({ ok: true, reading })));
    worker.once('error', (error: Error & { code?: string }) =>
      // Any other error is a fault of ours.
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? slow() : finish(() => reject(error)),
    );
  });
}
