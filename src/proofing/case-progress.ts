import type { Db } from '../lib/database.ts';
import type { App } from '../lib/app.ts';
import type { ProofingCase } from './case-state.ts';
import { listExaminations } from './examination-store.ts';
import { readHandOff } from './hand-off.ts';
import type { HandOffPhase } from './hand-off.ts';
import type { ChipRefusal } from './reader-answer.ts';
import { chipAttempts } from './limits.ts';
import type { ChipAttempts } from './limits.ts';

/** What the chip step is doing: the hand-off, and what came of the last reading where that was refused. */
export interface ChipProgress {
  handOff: HandOffPhase;
  /** Of the last reading of this case; null where there was none, or it was accepted. */
  refusal: ChipRefusal | null;
  attempts: ChipAttempts;
  readings: number;
}

export async function readChipProgress(
  db: Db,
  app: App,
  proofing: ProofingCase,
): Promise<ChipProgress> {
  const [handOff, examinations, attempts] = await Promise.all([
    readHandOff(db, app, proofing),
    listExaminations(db, proofing.id),
    chipAttempts(db, proofing.accountId, app.clock.now()),
  ]);
  const readings = examinations.filter(({ kind }) => kind === 'document');
  const outcome = readings.at(-1)?.outcome;
  // Written by submit-chip.ts from a ChipJudgement.
  const refused = proofing.pathway !== 'data_page' && outcome && outcome !== 'accepted';
  const refusal = refused ? (outcome as ChipRefusal) : null;
  return { handOff, refusal, attempts, readings: readings.length };
}

/**
 * One word for what the applicant's page shows: it loads again when this changes. Only what they may know goes in, so that
 * neither a register's answer nor an officer's look can be read off it.
 */
export function liveState(proofing: ProofingCase, chip: ChipProgress | null): string {
  const { state } = proofing;
  switch (state.step) {
    case 'document':
      return chip ? `document.${chip.handOff.phase}.${chip.readings}` : 'document';
    case 'portrait':
      return state.asked ? 'portrait.again' : 'portrait';
    default:
      return state.step;
  }
}
