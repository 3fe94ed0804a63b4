import { casePage } from '../../views/proofing/case.ts';
import type { CaseModel } from '../../views/proofing/case.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { appealableUntil } from './appeal.ts';
import { findAppeal } from './appeal-store.ts';
import { onFile } from './case.ts';
import { liveState, readChipProgress } from './case-progress.ts';
import { caseReference } from './case-reference.ts';
import { isOpen } from './case-state.ts';
import type { OnFile, Pathway, ProofingCase } from './case-state.ts';
import { letterOf } from './letter.ts';
import { ownCase } from './own-case.ts';
import { stepsOf } from './pathways.ts';
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
  const { state, pathway } = proofing;
  const chip = state.step === 'document' ? await readChipProgress(app.db, app, proofing) : null;
  const file = onFile(state);
  const [appeal, letter] =
    state.step === 'refused'
      ? await Promise.all([
          findAppeal(app.db, { caseId: proofing.id }),
          letterOf(app.db, app, proofing),
        ])
      : [null, null];
  const until = appealableUntil(proofing);
  const now = app.clock.now();
  return {
    id: proofing.id,
    reference: caseReference(proofing.id),
    pathway,
    forChild: proofing.openedBy !== null,
    steps: stepsOf(pathway, file).map(({ step, by }) => ({ step, by })),
    registerAnswered: file.register?.status === 'answered',
    step: state.step,
    // Past its day and not written down yet: it is over all the same.
    overdue: isOpen(state) && now >= proofing.expiresAt,
    asked: 'asked' in state ? state.asked : null,
    refusal: state.step === 'refused' ? state.category : null,
    chipRefusal: pathway === 'chip' ? (chip?.refusal ?? null) : null,
    mayGoBack: proofing.officerId === null,
    again: isOpen(state) ? doneSteps(pathway, file) : [],
    sample: sampleOf(proofing),
    appeal:
      state.step === 'refused'
        ? {
            until: !appeal && until && now < until ? until : null,
            dueAt: appeal && !appeal.decided ? appeal.dueAt : null,
            outcome: appeal?.decided?.outcome ?? null,
            hasLetter: letter !== null,
          }
        : null,
    returnTo: proofing.returnTo,
    expiresAt: proofing.expiresAt,
    liveState: liveState(proofing, chip),
  };
}

/** What the applicant has done and may do again. */
function doneSteps(pathway: Pathway, file: OnFile): CaseModel['again'] {
  return stepsOf(pathway, file)
    .filter(({ by, gives }) => by === 'applicant' && gives.some((fact) => file[fact] !== null))
    .map(({ step }) => step)
    .filter((step) => step === 'document' || step === 'portrait');
}

/** Where the separate consent to a biometric sample stands: it is asked at a counter alone, and can be taken back for ever. */
function sampleOf({ pathway, state, sampleConsent }: ProofingCase): CaseModel['sample'] {
  if (pathway !== 'counter') return null;
  const stands = sampleConsent !== null && sampleConsent.withdrawnAt === null;
  if (isOpen(state)) return stands ? 'agreed' : 'asked';
  return state.step === 'approved' && stands ? 'agreed' : null;
}
