import type { Clock } from '../lib/clock.ts';
import { mrzReport } from '../documents/mrz-report.ts';
import { readOnlyArgument, type CommandIo } from '../lib/command-io.ts';

/** No machine-readable zone is longer; neither is a file that holds one. */
const MAX_BYTES = 4096;

/** `tangchat mrz FILE`: a zone in, JSON out. Gives 0 where it is valid, 1 where not. */
export async function runMrz(
  args: readonly string[],
  io: CommandIo,
  { clock }: { clock: Clock },
): Promise<number> {
  const bytes = await readOnlyArgument(args, io, 'mrz FILE');
  if (typeof bytes === 'number') return bytes;
  const text = bytes.length > MAX_BYTES ? '' : bytes.toString('utf8');
  const report = mrzReport(text, clock.now());
  io.out(JSON.stringify(report, null, 2));
  return report.valid ? 0 : 1;
}
