import { readFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import { mrzReport } from '../documents/mrz-report.ts';
import { EX_NOINPUT, EX_USAGE, type Output } from './command-io.ts';

/** No machine-readable zone is longer; neither is a file that holds one. */
const MAX_BYTES = 4096;

/** `tangchat mrz FILE`: a zone in, JSON out. Gives 0 where it is valid, 1 where not. */
export async function runMrz(
  args: readonly string[],
  io: Output,
  { clock }: { clock: Clock },
): Promise<number> {
  const [path, ...rest] = args;
  if (path === undefined || rest.length > 0) {
    io.err('usage: tangchat mrz FILE');
    return EX_USAGE;
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    io.err(`${path} cannot be read`);
    return EX_NOINPUT;
  }
  const text = bytes.length > MAX_BYTES ? '' : bytes.toString('utf8');
  const report = mrzReport(text, clock.now());
  io.out(JSON.stringify(report, null, 2));
  return report.valid ? 0 : 1;
}
