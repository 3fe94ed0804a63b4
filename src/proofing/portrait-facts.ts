import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { listChecks } from './examination-store.ts';
import {
  ATTACK_DETECTION,
  FACE_MATCH,
  ONE_FACE,
  PRINTED_FACE_MATCH,
  WAITING,
} from './portrait-checks.ts';

/** What machines said of a live picture, if any were asked. */
export interface PortraitFacts {
  /** The approved matcher's answer against the chip (check `face_match`); what it says of a printed portrait is never one. */
  matcher: 'match' | 'no_match' | 'not_run';
  /** Presentation-attack and injection detection (check `attack_detection`). */
  attackDetection: 'passed' | 'failed' | 'left_to_officer';
  /** The matcher has been asked, and has not answered yet. */
  isWaiting: boolean;
  /** Our own look found one face in it (check `one_face`). */
  showsOneFace: boolean;
  /** Where the picture came from. */
  capture: 'capture_page' | 'uploaded' | 'none';
}

export const NO_PORTRAIT: PortraitFacts = {
  matcher: 'not_run',
  attackDetection: 'left_to_officer',
  isWaiting: false,
  showsOneFace: false,
  capture: 'none',
};

/** Reads them off the checks on record: nothing that a browser says can become one. */
export async function readPortraitFacts(
  db: Db | Tx,
  examinationId: RowId | null,
): Promise<PortraitFacts> {
  if (!examinationId) return NO_PORTRAIT;
  const checks = await listChecks(db, examinationId);
  const outcomeOf = (name: string) => checks.find((check) => check.name === name)?.outcome;
  const face = outcomeOf(FACE_MATCH);
  const attack = outcomeOf(ATTACK_DETECTION);
  return {
    matcher: face === 'passed' ? 'match' : face === 'failed' ? 'no_match' : 'not_run',
    attackDetection:
      attack === 'passed' ? 'passed' : attack === 'failed' ? 'failed' : 'left_to_officer',
    isWaiting: checks.some(
      ({ name, reason }) =>
        (name === FACE_MATCH || name === PRINTED_FACE_MATCH) && reason === WAITING,
    ),
    showsOneFace: outcomeOf(ONE_FACE) === 'passed',
    capture: outcomeOf('capture') === 'warned' ? 'uploaded' : 'capture_page',
  };
}

/**
 * What stands against approving a live picture: an attack or another face that an approved matcher found, which no officer may
 * overrule remotely (DESIGN section 3), and a comparison that is still to come. The way on is another picture, or a counter.
 */
export function portraitBlockers({
  matcher,
  attackDetection,
  isWaiting,
}: PortraitFacts): ('faces_being_compared' | 'faces_differ' | 'attack_detected')[] {
  if (isWaiting) return ['faces_being_compared'];
  return [
    ...(matcher === 'no_match' ? (['faces_differ'] as const) : []),
    ...(attackDetection === 'failed' ? (['attack_detected'] as const) : []),
  ];
}
