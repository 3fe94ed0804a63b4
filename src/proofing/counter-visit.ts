import { z } from 'zod';
import { counterVisitPage } from '../../views/proofing/counter-visit.ts';
import type { CounterVisitModel } from '../../views/proofing/counter-visit.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { AccountId } from '../lib/ids.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { makeCounterCode } from './counter-code.ts';
import { actsFor } from './guardianship.ts';
import { COUNTER_CODE_LIMIT } from './limits.ts';
import { applicantOf } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /proofing/counter: what to bring, the consents, and how a code is made at the desk. */
export async function showCounterVisit(ctx: Context, app: ProofingApp): Promise<void> {
  const child = typeof ctx.query.child === 'string' ? ctx.query.child : null;
  if (child) await childOf(app, applicantOf(ctx), child);
  await answer(ctx, app, { child, code: null, expiresAt: null, errors: [] });
}

const form = z.object({
  consent: z.string().optional(),
  biometric_consent: z.string().optional(),
  child: z.string().optional(),
});

/** POST /proofing/counter-codes: both consents, and a code that this page alone shows; a reload of it makes another. */
export async function submitCounterCode(ctx: Context, app: ProofingApp): Promise<void> {
  const sent = readForm(ctx, form);
  if (!sent.ok) throw new Fault('bad_request');
  const applicantId = applicantOf(ctx);
  await countCall(app, COUNTER_CODE_LIMIT, applicantId);
  const child = sent.value.child || null;
  const childId = child ? await childOf(app, applicantId, child) : null;
  const errors: CounterVisitModel['errors'] = [
    ...(sent.value.consent === 'yes' ? [] : (['consent'] as const)),
    ...(sent.value.biometric_consent === 'yes' ? [] : (['biometric_consent'] as const)),
  ];
  if (errors.length > 0) return answer(ctx, app, { child, code: null, expiresAt: null, errors });
  const made = await transact(app.db, (tx) =>
    makeCounterCode(tx, app, {
      accountId: childId ?? applicantId,
      madeBy: childId ? applicantId : null,
    }),
  );
  await answer(ctx, app, { child, ...made, errors });
}

async function childOf(app: ProofingApp, guardianId: AccountId, child: string): Promise<AccountId> {
  const childId = AccountId.parse(child);
  const mayAct = childId ? await actsFor(app.db, guardianId, childId) : false;
  if (!childId || !mayAct) throw new Fault('not_found');
  return childId;
}

async function answer(ctx: Context, app: ProofingApp, model: CounterVisitModel): Promise<void> {
  await page(ctx, app, {
    view: counterVisitPage,
    model,
    title: 'proofing.counter.title',
    status: model.errors.length > 0 ? 422 : 200,
  });
}
