import { portraitPage } from '../../views/proofing/portrait.ts';
import type { PortraitModel } from '../../views/proofing/portrait.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { takePortrait } from './case.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { comparedPortrait, compareFacesSoon } from './compare-faces.ts';
import { recordExamination } from './evidence.ts';
import { PORTRAIT_LIMIT } from './limits.ts';
import { lookForFace } from './look-for-face.ts';
import type { FaceLook } from './look-for-face.ts';
import { actorOf, applicantOf, ownCase } from './own-case.ts';
import { portraitChecks } from './portrait-checks.ts';
import type { Capture } from './portrait-checks.ts';
import { judgePicture } from './portrait-quality.ts';
import type { JudgedPicture } from './portrait-quality.ts';
import type { ProofingApp } from './proofing-app.ts';
import { saveChange } from './save-case.ts';
import { staleStep } from './together.ts';

/** GET /cases/:id/portrait: the camera; the passkey, or the way back to the chip, where that was too long ago. */
export async function showPortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { state } = proofing;
  if (state.step === 'document') return ctx.redirect(`/cases/${proofing.id}/chip`);
  if (state.step !== 'portrait') return ctx.redirect(`/cases/${proofing.id}`);
  if (!proofing.biometricConsentAt) return ctx.redirect(`/cases/${proofing.id}/holder`);
  const stale = staleNow(ctx, app, proofing);
  if (stale === 'passkey') return ctx.redirect(passkeyAgain(proofing));
  await answerPortrait(ctx, app, modelOf(proofing, { tooLate: stale !== null }));
}

/**
 * POST /cases/:id/portraits: the live picture of the camera page (multipart field `portrait`), or one from a file where there
 * is no camera (`picture`), which is marked as uploaded and never carries more than IAL1. One that cannot be compared answers
 * 422 and says why; so does one in which we find no face, several, or too small a one, unless its sender says to take it as it
 * is (`as_it_is`): then that goes on record for the officer. One that comes too long after chip or passkey is not taken; a
 * second post of one case that has its picture changes nothing.
 */
export async function submitPortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { state } = proofing;
  if (state.step !== 'portrait') return seeOther(ctx, `/cases/${proofing.id}`);
  if (!proofing.biometricConsentAt) return seeOther(ctx, `/cases/${proofing.id}/holder`);
  await countCall(app, PORTRAIT_LIMIT, applicantOf(ctx));
  const stale = staleNow(ctx, app, proofing);
  if (stale === 'passkey') return seeOther(ctx, passkeyAgain(proofing));
  if (stale) return answerPortrait(ctx, app, modelOf(proofing, { tooLate: true }));
  const { capture, bytes } = pictureOf(ctx);
  const picture: JudgedPicture = bytes.length
    ? await judgePicture(bytes)
    : { ok: false, problem: 'not_a_picture' };
  const uploaded = capture === 'uploaded';
  if (!picture.ok)
    return answerPortrait(ctx, app, modelOf(proofing, { problem: picture.problem, uploaded }));
  const face = await lookForFace(picture.jpeg);
  const isDoubtful = face.finding !== 'one_face' && face.finding !== 'not_looked';
  if (isDoubtful && !ctx.state.body.fields.as_it_is?.includes('yes'))
    return answerPortrait(ctx, app, modelOf(proofing, { advice: face.finding, uploaded }));
  await savePortrait(app, proofing, { ...picture, capture, face });
  seeOther(ctx, `/cases/${proofing.id}`);
}

function staleNow(ctx: Context, app: ProofingApp, proofing: ProofingCase) {
  return staleStep(proofing, { signedInAt: sessionOf(ctx).authTime, now: app.clock.now() });
}

function passkeyAgain({ id }: ProofingCase): string {
  return `/sign-in?again=1&return_to=${encodeURIComponent(`/cases/${id}/portrait`)}`;
}

/** Which form it came by: our capture page fills one field, the file chooser the other. */
function pictureOf(ctx: Context): { capture: Capture; bytes: Buffer } {
  const { portrait, picture } = ctx.state.body.files;
  if (portrait?.bytes.length) return { capture: 'capture_page', bytes: portrait.bytes };
  return picture
    ? { capture: 'uploaded', bytes: picture.bytes }
    : { capture: 'capture_page', bytes: Buffer.alloc(0) };
}

async function savePortrait(
  app: ProofingApp,
  { id }: ProofingCase,
  picture: JudgedPicture & { ok: true } & { capture: Capture; face: FaceLook },
): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing || proofing.state.step !== 'portrait') return;
    const now = app.clock.now();
    if (now >= proofing.expiresAt) return;
    const comparesWith = app.matcher ? comparedPortrait(proofing.state.document) : null;
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'portrait',
      outcome: 'accepted',
      checks: portraitChecks({ ...picture, comparesWith }),
      evidence: new Map([['live_portrait', picture.jpeg]]),
    });
    const taken = takePortrait(proofing, { portrait: { examinationId, takenAt: now }, now });
    if (!taken.ok) throw new Error('A portrait was taken of a case that does not wait for one.');
    await saveChange(tx, app, proofing, taken.change);
    if (comparesWith) await compareFacesSoon(tx, { caseId: id, examinationId, tries: 0 });
    await appendAudit(tx, app, {
      action: 'proofing.portrait_taken',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: { examinationId, capture: picture.capture },
    });
  });
}

function modelOf(
  { id, state, pathway }: ProofingCase,
  said: { problem?: string; advice?: string; tooLate?: boolean; uploaded?: boolean },
): PortraitModel {
  return {
    caseId: id,
    asked: 'asked' in state ? state.asked : null,
    problem: said.problem ?? null,
    advice: said.advice ?? null,
    tooLate: said.tooLate ?? false,
    uploaded: said.uploaded ?? false,
    bindsNumber: pathway === 'chip',
  };
}

async function answerPortrait(ctx: Context, app: ProofingApp, model: PortraitModel): Promise<void> {
  await page(ctx, app, {
    view: portraitPage,
    model,
    title: 'proofing.portrait.title',
    status:
      model.problem || model.advice ? 422 : model.tooLate && ctx.method === 'POST' ? 409 : 200,
  });
}
