import { z } from 'zod';
import { startPage } from '../../views/proofing/start.ts';
import type { StartModel } from '../../views/proofing/start.ts';
import { findAccount } from '../accounts/find-account.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { addSeconds } from '../lib/clock.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { CaseId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { ownPath } from '../web/own-path.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import type { ProofingCase } from './case-state.ts';
import { findLatestCase, findOpenCase, insertCase, setReturnTo } from './case-store.ts';
import { expireIfDue, planExpiry } from './expire-case.ts';
import { makeHandOff } from './hand-off.ts';
import { START_LIMIT } from './limits.ts';
import { applicantOf } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /proofing: what proving who you are takes, what happens then, and the way in or on. */
export async function showStart(ctx: Context, app: ProofingApp): Promise<void> {
  await answerStart(ctx, app, {
    returnTo: ownPath(ctx.query.return_to, ''),
    consented: { proofing: false, biometric: false },
    errors: [],
  });
}

const consentForm = z.object({
  consent: z.string().optional(),
  biometric_consent: z.string().optional(),
  return_to: z.string().optional(),
});

/** POST /cases: records both consents and opens a case; who has one under way goes on with that. */
export async function submitStart(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, consentForm);
  if (!form.ok) throw new Fault('bad_request');
  const accountId = applicantOf(ctx);
  await countCall(app, START_LIMIT, accountId);
  const returnTo = ownPath(form.value.return_to, '');
  const underWay = await resumeCase(app, accountId, returnTo);
  if (underWay) return seeOther(ctx, `/cases/${underWay.id}`);
  const consented = {
    proofing: form.value.consent === 'yes',
    biometric: form.value.biometric_consent === 'yes',
  };
  const errors: StartModel['errors'] = [
    ...(consented.proofing ? [] : ['consent' as const]),
    ...(consented.biometric ? [] : ['biometric_consent' as const]),
  ];
  if (errors.length > 0) return answerStart(ctx, app, { returnTo, consented, errors });
  const proofing = await openCase(app, { accountId, returnTo: returnTo || null });
  seeOther(ctx, `/cases/${proofing.id}/chip`);
}

async function answerStart(
  ctx: Context,
  app: ProofingApp,
  given: Pick<StartModel, 'returnTo' | 'consented' | 'errors'>,
): Promise<void> {
  const accountId = applicantOf(ctx);
  const [open, latest] = await Promise.all([
    findOpenCase(app.db, accountId),
    findLatestCase(app.db, accountId),
  ]);
  const stillOpen = open && app.clock.now() < open.expiresAt;
  await page(ctx, app, {
    view: startPage,
    model: {
      ...given,
      situation: stillOpen ? 'under_way' : latest?.state.step === 'approved' ? 'proven' : 'new',
      days: Math.round(app.config.CASE_SECONDS / 86_400),
    },
    title: 'proofing.start.title',
    status: given.errors.length > 0 ? 422 : 200,
  });
}

/** The case under way, which from now on leads back to where the person came from this time. */
async function resumeCase(
  app: App,
  accountId: AccountId,
  returnTo: string,
): Promise<ProofingCase | null> {
  const open = await findOpenCase(app.db, accountId);
  if (!open || app.clock.now() >= open.expiresAt) return null;
  if (returnTo) await setReturnTo(app.db, open.id, returnTo);
  return open;
}

/**
 * Opens a case after both consents, with its first hand-off, or gives the one that is open already: an account has one
 * at a time, whichever node two posts reach.
 */
export async function openCase(
  app: App,
  input: { accountId: AccountId; returnTo: string | null },
): Promise<ProofingCase> {
  try {
    return await transact(app.db, (tx) => insertNew(tx, app, input));
  } catch (error) {
    // 23505 unique_violation: another request opened it just now.
    const open = await findOpenCase(app.db, input.accountId);
    if (open && (error as { code?: string }).code === '23505') return open;
    throw error;
  }
}

async function insertNew(
  tx: Tx,
  app: App,
  input: { accountId: AccountId; returnTo: string | null },
): Promise<ProofingCase> {
  const { accountId, returnTo } = input;
  const open = await findOpenCase(tx, accountId);
  if (open && !(await expireIfDue(tx, app, open))) return open;
  const account = await findAccount(tx, accountId);
  if (!account) throw new Fault('not_signed_in');
  const now = app.clock.now();
  const proofing: ProofingCase = {
    id: CaseId.make(app),
    accountId,
    dataKeyId: account.dataKeyId,
    pathway: 'chip',
    state: { step: 'document', asked: null },
    version: 1,
    officerId: null,
    assignedAt: null,
    returnTo,
    consentedAt: now,
    biometricConsentAt: now,
    createdAt: now,
    updatedAt: now,
    expiresAt: addSeconds(now, app.config.CASE_SECONDS),
  };
  await insertCase(tx, proofing);
  await planExpiry(tx, proofing);
  await appendAudit(tx, app, {
    action: 'proofing.case_opened',
    actor: { kind: 'account', id: accountId },
    subject: { kind: 'case', id: proofing.id },
    details: { pathway: proofing.pathway },
  });
  await makeHandOff(tx, app, proofing);
  return proofing;
}
