import type { App } from '../lib/app.ts';
import type { AccountId, CaseId } from '../lib/ids.ts';
import { findLatestCase } from './case-store.ts';
import { isOpen } from './case-state.ts';
import type { CaseStep } from './case-state.ts';
import { stepRule } from './pathways.ts';

/** Where an account's latest case stands: for the person's own start page. */
export interface LatestCase {
  id: CaseId;
  step: CaseStep;
  /** Still under way. */
  open: boolean;
  /** It is the applicant's turn. */
  waitsForApplicant: boolean;
}

/** The case of an account that was started last; one past its day counts as expired. Null without any. */
export async function latestCaseOf(
  app: Pick<App, 'db' | 'clock'>,
  accountId: AccountId,
): Promise<LatestCase | null> {
  const proofing = await findLatestCase(app.db, accountId);
  if (!proofing) return null;
  const { id, state } = proofing;
  const open = isOpen(state) && app.clock.now() < proofing.expiresAt;
  const step = isOpen(state) && !open ? 'expired' : state.step;
  return {
    id,
    step,
    open,
    waitsForApplicant:
      open && isOpen(state) && stepRule(proofing.pathway, state.step)?.by === 'applicant',
  };
}
