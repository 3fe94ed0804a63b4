import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { CaseId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { onFile } from './case.ts';
import type { Change } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { updateCase } from './case-store.ts';
import { wipeExaminations } from './examination-store.ts';
import { endHandOffs } from './hand-off-store.ts';

/** The policy looks at a case that has come to its review (decide-automatically.ts). */
export async function judgeSoon(tx: Tx, caseId: CaseId): Promise<void> {
  await enqueue(tx, 'judge_case', { caseId }, { key: `judge_case:${caseId}` });
}

/**
 * Writes a transition down, over a case that this transaction has locked: the new state, one version on; what went off
 * file is wiped; a hand-off whose step is over is void.
 */
export async function saveChange(
  tx: Tx,
  app: Pick<App, 'clock'>,
  before: ProofingCase,
  change: Change,
  consent?: Pick<ProofingCase, 'sampleConsent'>,
): Promise<ProofingCase> {
  const now = app.clock.now();
  const after: ProofingCase = {
    ...before,
    ...consent,
    state: change.state,
    officerId: change.officerId,
    assignedAt: assignedAt(before, change, now),
    version: before.version + 1,
    updatedAt: now,
  };
  if (!(await updateCase(tx, before, after))) throw new Error('A case changed under its lock.');
  const file = onFile(before.state);
  const wiped = change.wiped.flatMap((fact) => {
    const found = file[fact];
    return found && 'examinationId' in found ? [found.examinationId] : [];
  });
  if (wiped.length > 0) await wipeExaminations(tx, wiped, now);
  if (after.state.step !== 'document') await endHandOffs(tx, before.id, now);
  // Whoever made the change may be an applicant: the policy judges by itself, in a moment.
  if (after.state.step === 'review' && before.state.step !== 'review')
    await judgeSoon(tx, after.id);
  return after;
}

function assignedAt(before: ProofingCase, change: Change, now: Date): Date | null {
  if (change.officerId === null) return null;
  return change.officerId === before.officerId ? before.assignedAt : now;
}
