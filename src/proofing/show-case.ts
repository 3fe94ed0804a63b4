import { casePage } from '../../views/proofing/case.ts';
import type { CaseModel } from '../../views/proofing/case.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { liveState, readChipProgress } from './case-progress.ts';
import { caseReference } from './case-reference.ts';
import { isOpen } from './case-state.ts';
import type { ProofingCase } from './case-state.ts';
import { ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /cases/:id: where the case stands and what comes next. */
export async function showCase(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  await page(ctx, app, {
    view: casePage,
    model: await caseModel(app, proofing),
    title: 'proofing.case.title',
  });
}

/**
 * GET /cases/:id/status: `{ state, location? }` for the page that waits. Once approved the person is led back to where they
 * came from.
 */
export async function showStatus(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const chip =
    proofing.state.step === 'document' ? await readChipProgress(app.db, app, proofing) : null;
  const goOn = proofing.state.step === 'approved' ? proofing.returnTo : null;
  ctx.set('cache-control', 'no-store');
  ctx.body = { state: liveState(proofing, chip), ...(goOn ? { location: goOn } : {}) };
}

async function caseModel(app: ProofingApp, proofing: ProofingCase): Promise<CaseModel> {
  const { state } = proofing;
  const chip = state.step === 'document' ? await readChipProgress(app.db, app, proofing) : null;
  return {
    id: proofing.id,
    reference: caseReference(proofing.id),
    step: state.step,
    // Past its day and not written down yet: it is over all the same.
    overdue: isOpen(state) && app.clock.now() >= proofing.expiresAt,
    asked: 'asked' in state ? state.asked : null,
    refusal: state.step === 'refused' ? state.category : null,
    chipRefusal: chip?.refusal ?? null,
    mayGoBack: isOpen(state) && state.step !== 'document' && proofing.officerId === null,
    hasPortrait: state.step === 'register' || state.step === 'review',
    returnTo: proofing.returnTo,
    expiresAt: proofing.expiresAt,
    liveState: liveState(proofing, chip),
  };
}
