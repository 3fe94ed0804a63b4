import type { ChipFileName } from '../../src/documents/chip-verdict.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { anna, mai, now, trust } from '../documents/sandbox-chips.ts';
import type { Draw } from './mutate.ts';

export interface FuzzedChips {
  chips: number;
  outcomes: Record<string, number>;
  /** `DG2 bit 5123 of anna`, where a changed chip was genuine or our code failed. */
  wrong: string[];
}

const passports = Object.entries({ anna, mai });

/**
 * Changes one bit anywhere in the SOD or a data group of a sound chip, and judges it. None may stay genuine. No chip is
 * asked to prove itself: a copy that fails to would hide what else was overlooked.
 */
export function fuzzChips(draw: Draw, count: number): FuzzedChips {
  const result: FuzzedChips = { chips: 0, outcomes: {}, wrong: [] };
  for (; result.chips < count; result.chips++) {
    const [holder, passport] = passports[result.chips % passports.length]!;
    const files = new Map(passport.files);
    const names = [...files.keys()].filter((name) => name !== 'EF_COM');
    // Half of them in the SOD, where a bit may mean anything; the other files are under its hashes.
    const name: ChipFileName = draw(2) === 0 ? 'EF_SOD' : names[draw(names.length)]!;
    const altered = Buffer.from(files.get(name)!);
    const bit = draw(altered.length * 8);
    altered[bit >> 3]! ^= 1 << (bit & 7);
    files.set(name, altered);
    const verdict = verifyChip({ files, now, ...trust });
    result.outcomes[verdict.outcome] = (result.outcomes[verdict.outcome] ?? 0) + 1;
    const fault = verdict.checks.some(({ reason }) => reason === 'internal_error');
    if (verdict.outcome === 'genuine' || fault) {
      result.wrong.push(`${name} bit ${bit} of ${holder}${fault ? ': internal_error' : ''}`);
    }
  }
  return result;
}
