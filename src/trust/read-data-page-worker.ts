import { parentPort, workerData } from 'node:worker_threads';
import { readZone } from '../documents/ocr-read-zone.ts';
import type { ReadingTask } from './read-data-page.ts';

/** Given as `workerData` by read-data-page.ts; posts the reading. */
function isTask(given: unknown): given is ReadingTask {
  return typeof given === 'object' && given !== null && 'image' in given && 'options' in given;
}

const given: unknown = workerData;
if (isTask(given)) parentPort?.postMessage(readZone(given.image, given.options), []);
