import { z } from 'zod';
import { appealPage } from '../../views/proofing/appeal.ts';
import { seeOther } from '../accounts/see-other.ts';
import { Fault } from '../lib/fault.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { appealableUntil, fileAppeal } from './appeal.ts';
import { findAppeal } from './appeal-store.ts';
import { caseReference } from './case-reference.ts';
import type { ProofingCase } from './case-state.ts';
import { APPEAL_LIMIT } from './limits.ts';
import { applicantOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /cases/:id/appeal: how to appeal against a refusal, while that is possible. */
export async function showAppeal(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await appealable(ctx, app);
  if (proofing) await answer(ctx, app, proofing, { statement: '', error: null });
}

const form = z.object({
  statement: z
    .string()
    .trim()
    .min(10, 'proofing.appeal.statement_missing')
    .max(5000, 'proofing.appeal.statement_long')
    // A form without the field is one with nothing in it.
    .prefault(''),
});

/** POST /cases/:id/appeal. Filing twice is filing once. */
export async function submitAppeal(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await appealable(ctx, app);
  if (!proofing) return;
  await countCall(app, APPEAL_LIMIT, applicantOf(ctx));
  const sent = readForm(ctx, form);
  if (!sent.ok)
    return answer(ctx, app, proofing, {
      statement: sent.input.statement ?? '',
      error: sent.errors.statement ?? 'proofing.appeal.statement_missing',
    });
  await fileAppeal(app, { caseId: proofing.id, statement: sent.value.statement });
  seeOther(ctx, `/cases/${proofing.id}`);
}

async function appealable(ctx: Context, app: ProofingApp): Promise<ProofingCase | null> {
  const proofing = await ownCase(ctx, app);
  const until = appealableUntil(proofing);
  if (!until) throw new Fault('not_found');
  const filed = await findAppeal(app.db, { caseId: proofing.id });
  if (!filed && app.clock.now() < until) return proofing;
  seeOther(ctx, `/cases/${proofing.id}`);
  return null;
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  given: { statement: string; error: string | null },
): Promise<void> {
  await page(ctx, app, {
    view: appealPage,
    model: {
      caseId: proofing.id,
      reference: caseReference(proofing.id),
      until: appealableUntil(proofing) ?? app.clock.now(),
      ...given,
    },
    title: 'proofing.appeal.title',
    status: given.error ? 422 : 200,
  });
}
