import { performance } from 'node:perf_hooks';
import { decodeJpeg2000 } from '../../src/lib/jpeg2000-decoder.ts';
import { median } from '../compare.ts';
import type { Result } from '../report.ts';
import { vector } from './vectors.ts';

const RUNS = 31;

/** A real portrait in the worker, warm: the clock is what its reader waits for, processor time is that of all threads. */
export async function portraits(): Promise<Result> {
  const file = vector('loes2006-nl-specimen/ef0102.bin');
  const portrait = file.subarray(file.indexOf('0000000c6a502020', 'hex'));
  for (let run = 0; run < 5; run++) await decodeJpeg2000(portrait);
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    const decoded = await decodeJpeg2000(portrait);
    const { user, system } = process.cpuUsage(before);
    walls.push(performance.now() - startedAt);
    cpus.push((user + system) / 1000);
    if (!decoded.ok) throw new Error(decoded.reason);
  }
  return {
    what: 'JPEG 2000 portrait of 449 x 598 in the worker (ms)',
    target: '< 30 wall',
    cpu: median(cpus).toFixed(1),
    wall: median(walls).toFixed(1),
  };
}
