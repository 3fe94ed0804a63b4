import { z } from 'zod';
import { withdrawalPage } from '../../views/proofing/withdrawal.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { close, goBack } from './case.ts';
import { caseReference } from './case-reference.ts';
import { isOpen } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { actorOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';
import { makeHandOff } from './hand-off.ts';
import { saveChange } from './save-case.ts';

/** GET /cases/:id/withdrawal: what ending the case means, before it is ended. */
export async function showWithdrawal(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (!isOpen(proofing.state)) return ctx.redirect(`/cases/${proofing.id}`);
  await page(ctx, app, {
    view: withdrawalPage,
    model: { caseId: proofing.id, reference: caseReference(proofing.id) },
    title: 'proofing.withdrawal.title',
  });
}

/** POST /cases/:id/withdrawal: ends the case. Nothing of it counts afterwards; ending it twice is ending it. */
export async function submitWithdrawal(ctx: Context, app: ProofingApp): Promise<void> {
  const { id } = await ownCase(ctx, app);
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing) throw new Fault('not_found');
    const withdrawn = close(proofing, { step: 'withdrawn' }, app.clock.now());
    if (!withdrawn.ok) return;
    await saveChange(tx, app, proofing, withdrawn.change);
    await appendAudit(tx, app, {
      action: 'proofing.case_withdrawn',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: { step: proofing.state.step },
    });
  });
  seeOther(ctx, `/cases/${id}`);
}

const reopeningForm = z.object({ step: z.enum(['document', 'portrait']) });

/** POST /cases/:id/reopenings: back to a step that is done. Its result is wiped, and all that rested on it. */
export async function submitReopening(ctx: Context, app: ProofingApp): Promise<void> {
  const { id, pathway } = await ownCase(ctx, app);
  const form = readForm(ctx, reopeningForm);
  if (!form.ok) throw new Fault('bad_request');
  const { step } = form.value;
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing) throw new Fault('not_found');
    const back = goBack(proofing, { to: step, now: app.clock.now() });
    // Posted twice, or an officer has it by now: the page shows what is so.
    if (!back.ok) return;
    const saved = await saveChange(tx, app, proofing, back.change);
    if (step === 'document' && saved.pathway === 'chip') await makeHandOff(tx, app, saved);
    await appendAudit(tx, app, {
      action: 'proofing.step_reopened',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: { step, wiped: [...back.change.wiped] },
    });
  });
  const place =
    pathway === 'chip'
      ? { document: 'chip', portrait: 'portrait' }
      : { document: 'page', portrait: 'holder' };
  seeOther(ctx, `/cases/${id}/${place[step]}`);
}
