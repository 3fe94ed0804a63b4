import { hasPasskey } from '../accounts/has-passkey.ts';
import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import { sameDecision } from './blind-review.ts';
import { isOpen } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { listDecisions } from './decision-store.ts';
import { insertPlanted, listPlantedResults } from './review-store.ts';
import type { PlantedResult } from './review-store.ts';

export type Planting =
  | { ok: true }
  /** `real_applicant`: somebody waits for it. `too_late`: closed, decided, or planted already. */
  | { ok: false; reason: 'not_found' | 'real_applicant' | 'too_late' };

/**
 * Makes an open case one that officers are tried with: its right decision is known, the policy leaves it to them, and whatever
 * an officer decides ends it without an ID. Only the case of an account that nobody has a passkey of: its holder is
 * played. Whoever plants it may not decide it. The caller answers for the supervisor's role.
 */
export async function plantCase(
  tx: Tx,
  app: App,
  given: { caseId: CaseId; expected: 'approve' | 'refuse' | 'ask_again'; plantedBy: OfficerId },
): Promise<Planting> {
  const { caseId, expected, plantedBy } = given;
  const proofing = await lockCase(tx, caseId);
  if (!proofing) return { ok: false, reason: 'not_found' };
  if ((await hasPasskey(tx, proofing.accountId)) || proofing.openedBy !== null)
    return { ok: false, reason: 'real_applicant' };
  const decided = (await listDecisions(tx, caseId)).length > 0;
  if (!isOpen(proofing.state) || decided) return { ok: false, reason: 'too_late' };
  if (!(await insertPlanted(tx, { caseId, expected, plantedBy, at: app.clock.now() })))
    return { ok: false, reason: 'too_late' };
  await appendAudit(tx, app, {
    action: 'proofing.case_planted',
    actor: { kind: 'officer', id: plantedBy },
    subject: { kind: 'case', id: caseId },
    details: { expected },
  });
  return { ok: true };
}

/** How officers did on planted cases, latest first: for a supervisor. */
export async function plantedResults(
  db: Db,
  limit = 50,
): Promise<(PlantedResult & { right: boolean })[]> {
  const results = await listPlantedResults(db, limit);
  return results.map((result) => ({
    ...result,
    right: sameDecision(result.expected, result.decided),
  }));
}
