import { mrzReport } from '../documents/mrz-report.ts';
import { adviceTexts } from '../documents/ocr-advice.ts';
import type { CharacterReading, ZoneReading } from '../documents/ocr-read-zone.ts';
import type { Clock } from '../lib/clock.ts';
import { readOnlyArgument, type CommandIo } from '../lib/command-io.ts';
import { readDataPage } from './read-data-page.ts';

/**
 * `tangchat data-page read IMAGE`: the zone in a photo, as JSON. Gives 0 where every character is clear and every check digit holds, 1
 * where there are only candidates or the zone contradicts itself, 2 where it cannot be read; then it says what to do.
 */
export async function runDataPageRead(
  args: readonly string[],
  io: CommandIo,
  { clock }: { clock: Clock },
): Promise<number> {
  const photo = await readOnlyArgument(args, io, 'data-page read IMAGE');
  if (typeof photo === 'number') return photo;
  const now = clock.now();
  const read = await readDataPage(photo, { now, specimenStates: true });
  if (!read.ok) {
    io.out(JSON.stringify({ outcome: 'refused', reason: read.reason }, null, 2));
    return 2;
  }
  io.out(JSON.stringify(reportOf(read.reading, now), null, 2));
  return { read: 0, candidates: 1, inconsistent: 1, unreadable: 2 }[read.reading.outcome];
}

function reportOf(reading: ZoneReading, now: Date): Record<string, unknown> {
  const { outcome } = reading;
  if (outcome === 'unreadable') return { outcome, advice: advised(reading.advice) };
  const { format } = reading;
  const confidence = confidenceOf(reading.characters);
  if (outcome === 'candidates') {
    return {
      outcome,
      format,
      confidence,
      candidates: reading.candidates,
      advice: advised(reading.advice),
    };
  }
  const { lines } = reading;
  return { outcome, format, lines, confidence, zone: mrzReport(lines.join('\n'), now) };
}

function advised(advice: readonly (keyof typeof adviceTexts)[]) {
  return advice.map((reason) => ({ reason, text: adviceTexts[reason] }));
}

/** The least of all, and each character's, a line of text for each line. */
function confidenceOf(characters: readonly (readonly CharacterReading[])[]) {
  return {
    least: Math.min(...characters.flat().map(({ confidence }) => confidence)),
    lines: characters.map((line) => line.map(({ confidence }) => confidence.toFixed(3)).join(' ')),
  };
}
