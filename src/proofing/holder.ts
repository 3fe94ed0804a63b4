import { z } from 'zod';
import { holderPage } from '../../views/proofing/holder.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import type { ProofingCase } from './case-state.ts';
import { setBiometricConsent } from './case-store.ts';
import { actorOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /cases/:id/holder: on the data page's pathway, the two ways to show that one is its holder. */
export async function showHolder(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (!isAsked(proofing)) return ctx.redirect(`/cases/${proofing.id}`);
  await answer(ctx, app, proofing, null);
}

const form = z.object({ biometric_consent: z.literal('yes') });

/** POST /cases/:id/face-consent: who chose the picture agrees to the comparison of the face, and only now. */
export async function submitFaceConsent(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { id } = proofing;
  if (!isAsked(proofing)) return seeOther(ctx, `/cases/${id}`);
  if (!readForm(ctx, form).ok)
    return answer(ctx, app, proofing, 'proofing.start.biometric_consent_missing');
  await transact(app.db, async (tx) => {
    await setBiometricConsent(tx, id, app.clock.now());
    await appendAudit(tx, app, {
      action: 'proofing.face_consented',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: {},
    });
  });
  seeOther(ctx, `/cases/${id}/portrait`);
}

function isAsked({ pathway, state }: ProofingCase): boolean {
  return pathway === 'data_page' && state.step === 'portrait';
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  error: string | null,
): Promise<void> {
  await page(ctx, app, {
    view: holderPage,
    model: {
      caseId: proofing.id,
      consented: proofing.biometricConsentAt !== null,
      error,
    },
    title: 'proofing.holder.title',
    status: error ? 422 : 200,
  });
}
