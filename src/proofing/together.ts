import { addSeconds } from '../lib/clock.ts';
import type { ProofingCase } from './case-state.ts';

/**
 * Chip, portrait and passkey of one case belong to one sitting: who reads a passport into a case today, and takes the
 * picture on another day, may be two people.
 */
export const TOGETHER_SECONDS = 600;

/** The step that was done too long ago for a picture taken now; null where the picture may be taken. */
export function staleStep(
  proofing: ProofingCase,
  { signedInAt, now }: { signedInAt: Date; now: Date },
): 'passkey' | 'document' | null {
  const tooOld = (at: Date) => now >= addSeconds(at, TOGETHER_SECONDS);
  if (tooOld(signedInAt)) return 'passkey';
  const { state } = proofing;
  if (state.step !== 'portrait' || state.document?.check !== 'chip') return null;
  // Who asks for another picture alone has the reading and the first picture before them.
  return state.asked === null && tooOld(state.document.examinedAt) ? 'document' : null;
}
