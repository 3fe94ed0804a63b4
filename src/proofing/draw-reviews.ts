import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { Random } from '../lib/random.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { insertReview } from './review-store.ts';

/** One decision in so many is looked at again: 5 %. */
export const REVIEWED_ONE_IN = 20;

/** Whether chance draws a decision for a second look. Nobody can know beforehand. */
export function isDrawn(random: Pick<Random, 'integer'>): boolean {
  return random.integer(REVIEWED_ONE_IN) === 0;
}

/**
 * Who gets the next case: any of those who may, by chance alone, so that nobody can wait for a friend at the window. Null
 * where nobody may.
 */
export function drawOfficer(
  officers: readonly OfficerId[],
  barred: ReadonlySet<OfficerId>,
  random: Pick<Random, 'integer'>,
): OfficerId | null {
  const able = officers.filter((officer) => !barred.has(officer));
  return able.length > 0 ? able[random.integer(able.length)]! : null;
}

/** Draws a decision just made for a blind second look, by chance, in its transaction. */
export async function drawForReview(
  tx: Tx,
  app: Pick<App, 'random' | 'clock'>,
  made: { decisionId: RowId; caseId: CaseId },
): Promise<void> {
  if (!isDrawn(app.random)) return;
  await insertReview(tx, { id: RowId.make(app), ...made, drawnAt: app.clock.now() });
}
