import type { Db, Tx } from '../../lib/database.ts';
import { onFile } from '../case.ts';
import { isOpen } from '../case-state.ts';
import type { ProofingCase } from '../case-state.ts';
import type { RowId } from '../../lib/ids.ts';
import { listChecks } from '../examination-store.ts';
import { readCorrectionStanding } from './correction-store.ts';
import { hasDifferingSticker } from './visa-sticker-store.ts';
import { hasStandingAlert } from './watch-alert-store.ts';

/**
 * What registers, lists and papers beside the passport have against approving.
 * `awaiting_clearance`: another office must clear the case; why is theirs to know. `correction_open`: an entry is
 * contested. `visa_differs`: the visa sticker and the passport disagree. `visa_cancelled`: the register says that the visa was cancelled;
 * who contests it has it corrected there first. `register_stale`: a register answered a contest after it
 * was last asked.
 */
export type RegisterBlocker =
  | 'awaiting_clearance'
  | 'correction_open'
  | 'visa_differs'
  | 'visa_cancelled'
  | 'register_stale';

/** Read inside the deciding transaction, over the locked case; and by pages, to show what stands against it. */
export async function registerBlockers(
  db: Db | Tx,
  proofing: ProofingCase,
): Promise<RegisterBlocker[]> {
  if (!isOpen(proofing.state)) return [];
  const { document, register } = onFile(proofing.state);
  const documentExaminationId = document?.examinationId;
  // One after the other: a transaction has one connection.
  const alert = await hasStandingAlert(db, proofing.id);
  const correction = await readCorrectionStanding(db, proofing.id);
  const sticker =
    documentExaminationId !== undefined &&
    (await hasDifferingSticker(db, { caseId: proofing.id, documentExaminationId }));
  const blockers: RegisterBlocker[] = [];
  if (alert) blockers.push('awaiting_clearance');
  if (correction.open) blockers.push('correction_open');
  if (sticker) blockers.push('visa_differs');
  if (register?.status === 'answered' && (await isVisaCancelled(db, register.examinationId)))
    blockers.push('visa_cancelled');
  const askedBefore =
    register?.status === 'answered' &&
    correction.answeredAt !== null &&
    register.answeredAt <= correction.answeredAt;
  if (askedBefore) blockers.push('register_stale');
  return blockers;
}

async function isVisaCancelled(db: Db | Tx, examinationId: RowId): Promise<boolean> {
  const checks = await listChecks(db, examinationId);
  return checks.some(({ name, reason }) => name === 'register_visa' && reason === 'cancelled');
}
