import type { ChipFileName } from '../../src/documents/chip-verdict.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { now } from './fixed-time.ts';
import type { Draw } from './mutators/draw.ts';
import { readSeed } from './seeds/read-seeds.ts';
import { chipTrust, filesOf } from './whole-targets.ts';

export interface FuzzedChips {
  chips: number;
  outcomes: Record<string, number>;
  /** `DG2 bit 5123 of ecdsa`, where a changed chip was genuine or our code failed. */
  wrong: string[];
}

const chips = ['ecdsa', 'rsa'].map((name) => ({ name, files: filesOf(readSeed(`chip-${name}`)) }));

/** The chips before anything is changed: each must be genuine, or what comes after shows nothing. */
export function soundOutcomes(): string[] {
  return chips.map(({ files }) => verifyChip({ files, now, ...chipTrust }).outcome);
}

/**
 * Changes one bit anywhere in the SOD or a data group of a sound chip, and judges it. None may stay genuine. No chip is
 * asked to prove itself: a copy that fails to would hide what else was overlooked.
 */
export function fuzzChips(draw: Draw, count: number): FuzzedChips {
  const result: FuzzedChips = { chips: 0, outcomes: {}, wrong: [] };
  for (; result.chips < count; result.chips++) {
    const chip = chips[result.chips % chips.length]!;
    const files = new Map(chip.files);
    const names = [...files.keys()].filter((name) => name !== 'EF_COM');
    // Half of them in the SOD, where a bit may mean anything; the other files are under its hashes.
    const name: ChipFileName = draw(2) === 0 ? 'EF_SOD' : names[draw(names.length)]!;
    const altered = Buffer.from(files.get(name)!);
    const bit = draw(altered.length * 8);
    altered[bit >> 3]! ^= 1 << (bit & 7);
    files.set(name, altered);
    const verdict = verifyChip({ files, now, ...chipTrust });
    result.outcomes[verdict.outcome] = (result.outcomes[verdict.outcome] ?? 0) + 1;
    const fault = verdict.checks.some(({ reason }) => reason === 'internal_error');
    if (verdict.outcome === 'genuine' || fault) {
      result.wrong.push(`${name} bit ${bit} of ${chip.name}${fault ? ': internal_error' : ''}`);
    }
  }
  return result;
}
