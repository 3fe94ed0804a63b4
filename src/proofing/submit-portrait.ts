import { portraitPage } from '../../views/proofing/portrait.ts';
import type { PortraitModel } from '../../views/proofing/portrait.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { takePortrait } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { recordExamination } from './evidence.ts';
import type { CheckRow } from './examination-store.ts';
import { PORTRAIT_LIMIT } from './limits.ts';
import { applicantOf, ownCase } from './own-case.ts';
import { judgePicture } from './portrait-quality.ts';
import type { JudgedPicture } from './portrait-quality.ts';
import type { ProofingApp } from './proofing-app.ts';
import { saveChange } from './save-case.ts';

/** GET /cases/:id/portrait: the camera. */
export async function showPortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { state } = proofing;
  if (state.step === 'document') return ctx.redirect(`/cases/${proofing.id}/chip`);
  if (state.step !== 'portrait') return ctx.redirect(`/cases/${proofing.id}`);
  await answerPortrait(ctx, app, { caseId: proofing.id, asked: state.asked, problem: null });
}

/**
 * POST /cases/:id/portraits: the live picture of the camera page (multipart field `portrait`). One that cannot be compared
 * answers 422 and says why; a second post of one case that has its picture changes nothing.
 */
export async function submitPortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { state } = proofing;
  if (state.step !== 'portrait') return seeOther(ctx, `/cases/${proofing.id}`);
  await countCall(app, PORTRAIT_LIMIT, applicantOf(ctx));
  const sent = ctx.state.body.files.portrait;
  const picture: JudgedPicture = sent?.bytes.length
    ? await judgePicture(sent.bytes)
    : { ok: false, problem: 'not_a_picture' };
  if (!picture.ok)
    return answerPortrait(ctx, app, {
      caseId: proofing.id,
      asked: state.asked,
      problem: picture.problem,
    });
  await savePortrait(app, proofing, picture);
  seeOther(ctx, `/cases/${proofing.id}`);
}

async function savePortrait(
  app: ProofingApp,
  { id, accountId }: ProofingCase,
  picture: JudgedPicture & { ok: true },
): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing || proofing.state.step !== 'portrait') return;
    const now = app.clock.now();
    if (now >= proofing.expiresAt) return;
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'portrait',
      outcome: 'accepted',
      checks: checksOf(picture),
      evidence: new Map([['live_portrait', picture.jpeg]]),
    });
    const taken = takePortrait(proofing, { portrait: { examinationId, takenAt: now }, now });
    if (!taken.ok) throw new Error('A portrait was taken of a case that does not wait for one.');
    await saveChange(tx, app, proofing, taken.change);
    await appendAudit(tx, app, {
      action: 'proofing.portrait_taken',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'case', id },
      details: { examinationId },
    });
  });
}

/** What was measured, for the record. Whether it was a living person in front of the lens, an officer judges. */
function checksOf({ measures }: JudgedPicture & { ok: true }): CheckRow[] {
  const passed = (name: string, reason: string): CheckRow => ({
    name,
    outcome: 'passed',
    reason,
    clause: null,
  });
  return [
    passed('picture_size', `${measures.width}x${measures.height}`),
    passed('picture_light', String(measures.light)),
    passed('picture_detail', String(measures.detail)),
    { name: 'attack_detection', outcome: 'skipped', reason: 'left_to_officer', clause: null },
  ];
}

async function answerPortrait(ctx: Context, app: ProofingApp, model: PortraitModel): Promise<void> {
  await page(ctx, app, {
    view: portraitPage,
    model,
    title: 'proofing.portrait.title',
    status: model.problem ? 422 : 200,
  });
}
