import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SimulatedChip } from '../../src/dev/passport-maker/simulate-chip.ts';
import {
  chipAuthenticationState,
  startChipAuthentication,
  withChipAnswer,
  type ChipAuthenticationSession,
} from '../../src/documents/chip-authentication.ts';
import type { ChipFiles } from '../../src/documents/chip-verdict.ts';
import { systemRandom } from '../../src/lib/random.ts';

export const ecKey = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const makeDhKey = generateKeyPairSync as unknown as (
  type: 'dh',
  options: { group: string },
) => { privateKey: KeyObject };
export const dhKey = (group: string) => makeDhKey('dh', { group }).privateKey;

export function started(files: ChipFiles): ChipAuthenticationSession {
  const start = startChipAuthentication(files, systemRandom);
  if (!start.ok) throw new Error(start.reason);
  return start.session;
}

/** Plays the phone: carries commands and answers until the run has ended. */
export function run(
  files: ChipFiles,
  chip: SimulatedChip,
  alter = (answer: Buffer, _step: number) => answer,
) {
  let session = started(files);
  const commands: string[] = [];
  for (;;) {
    const state = chipAuthenticationState(files, session);
    if (state.state !== 'asking') return { state, session, commands };
    commands.push(`${state.through} ${state.command.toString('hex', 0, 2)}`);
    session = withChipAnswer(session, alter(chip.transmit(state.command), commands.length));
  }
}
