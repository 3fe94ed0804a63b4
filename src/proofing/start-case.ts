import { z } from 'zod';
import { startPage } from '../../views/proofing/start.ts';
import type { StartModel } from '../../views/proofing/start.ts';
import { findAccount } from '../accounts/find-account.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { addSeconds, toPlainDate } from '../lib/clock.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { AccountId, CaseId } from '../lib/ids.ts';
import type { OfficerId } from '../lib/ids.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { ownPath } from '../web/own-path.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { placeCase } from './case.ts';
import { NOTHING_ON_FILE } from './case-state.ts';
import type { Pathway, ProofingCase } from './case-state.ts';
import { findLatestCase, findOpenCase, insertCase, setReturnTo } from './case-store.ts';
import { DOCUMENT_KINDS, documentRule, isDocumentKind } from './documents-accepted.ts';
import type { DocumentKind } from './documents-accepted.ts';
import { expireIfDue, planExpiry } from './expire-case.ts';
import { actsFor } from './guardianship.ts';
import { makeHandOff } from './hand-off.ts';
import { START_LIMIT } from './limits.ts';
import { applicantOf } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/**
 * GET /proofing: which document, what proving who you are takes with it, and the way in or on. `?document=` and `?pathway=`
 * choose; a pathway that does not fit the document is left aside.
 */
export async function showStart(ctx: Context, app: ProofingApp): Promise<void> {
  await answerStart(ctx, app, {
    returnTo: ownPath(ctx.query.return_to, ''),
    consented: { proofing: false, biometric: false },
    errors: [],
    document: isDocumentKind(ctx.query.document) ? ctx.query.document : 'passport_chip',
    pathway: typeof ctx.query.pathway === 'string' ? ctx.query.pathway : null,
  });
}

const consentForm = z.object({
  consent: z.string().optional(),
  biometric_consent: z.string().optional(),
  return_to: z.string().optional(),
  pathway: z.enum(['chip', 'data_page']).default('chip'),
  document: z.enum(DOCUMENT_KINDS).default('passport_chip'),
  /** Account of a child, for whom the holder of this one acts. */
  child: z.string().optional(),
});

/**
 * POST /cases: records the consents and opens a case; who has one under way goes on with that. The face is compared only where
 * the pathway or the applicant asks for it: a data page may be proven by a code instead.
 */
export async function submitStart(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, consentForm);
  if (!form.ok) throw new Fault('bad_request');
  const applicantId = applicantOf(ctx);
  await countCall(app, START_LIMIT, applicantId);
  const { pathway, document, child } = form.value;
  const accountId = child ? await childOf(app, applicantId, child) : applicantId;
  const returnTo = ownPath(form.value.return_to, '');
  const underWay = await resumeCase(app, accountId, returnTo);
  if (underWay) return seeOther(ctx, `/cases/${underWay.id}`);
  const consented = {
    proofing: form.value.consent === 'yes',
    biometric: form.value.biometric_consent === 'yes',
  };
  const errors: StartModel['errors'] = [
    ...(consented.proofing ? [] : ['consent' as const]),
    ...(consented.biometric || pathway === 'data_page' ? [] : ['biometric_consent' as const]),
  ];
  if (errors.length > 0)
    return answerStart(ctx, app, {
      returnTo,
      consented,
      errors,
      document,
      pathway,
      child: child ?? null,
    });
  const proofing = await openCase(app, {
    accountId,
    returnTo: returnTo || null,
    pathway,
    biometricConsent: consented.biometric,
    openedBy: child ? applicantId : null,
  });
  const first = proofing.pathway === 'chip' ? 'chip' : 'page';
  seeOther(ctx, `/cases/${proofing.id}/${first}`);
}

/** The account of a child that this one has declared to act for; anything else is not there. */
async function childOf(app: App, guardianId: AccountId, child: string): Promise<AccountId> {
  const childId = AccountId.parse(child);
  const mayAct = childId ? await actsFor(app.db, guardianId, childId) : false;
  if (!childId || !mayAct) throw new Fault('not_found');
  return childId;
}

async function answerStart(
  ctx: Context,
  app: ProofingApp,
  given: Pick<StartModel, 'returnTo' | 'consented' | 'errors'> & {
    document: DocumentKind;
    /** The one of its pathways to show first. */
    pathway: string | null;
    child?: string | null;
  },
): Promise<void> {
  const asked = given.child ?? (typeof ctx.query.child === 'string' ? ctx.query.child : null);
  const accountId = asked ? await childOf(app, applicantOf(ctx), asked) : applicantOf(ctx);
  const [open, latest] = await Promise.all([
    findOpenCase(app.db, accountId),
    findLatestCase(app.db, accountId),
  ]);
  const now = app.clock.now();
  const stillOpen = open && now < open.expiresAt;
  const rule = documentRule(given.document, null, toPlainDate(now));
  await page(ctx, app, {
    view: startPage,
    model: {
      ...given,
      child: asked,
      documents: DOCUMENT_KINDS,
      routes: rule?.routes ?? [],
      strength: rule?.strength ?? 'none',
      highestIal: rule?.highestIal ?? 0,
      isSecond: rule?.second ?? false,
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
 * Opens a case after both consents, with its first hand-off where a phone reads the chip, or gives the one that is open
 * already: an account has one at a time, whichever node two posts reach.
 */
export async function openCase(
  app: App,
  input: {
    accountId: AccountId;
    returnTo: string | null;
    pathway?: 'chip' | 'data_page';
    /** Left out: given. Only a data page does without. */
    biometricConsent?: boolean;
    openedBy?: AccountId | null;
  },
): Promise<ProofingCase> {
  try {
    return await transact(app.db, (tx) => resumeOrInsert(tx, app, input));
  } catch (error) {
    // 23505 unique_violation: another request opened it just now.
    const open = await findOpenCase(app.db, input.accountId);
    if (open && (error as { code?: string }).code === '23505') return open;
    throw error;
  }
}

async function resumeOrInsert(
  tx: Tx,
  app: App,
  input: Parameters<typeof openCase>[1],
): Promise<ProofingCase> {
  const { accountId, returnTo } = input;
  const open = await findOpenCase(tx, accountId);
  if (open && !(await expireIfDue(tx, app, open))) return open;
  const pathway = input.pathway ?? 'chip';
  const proofing = await insertNewCase(tx, app, {
    accountId,
    returnTo,
    pathway,
    openedBy: input.openedBy ?? null,
    consentedAt: app.clock.now(),
    biometricConsent: input.biometricConsent ?? true,
    officerId: null,
  });
  if (pathway === 'chip') await makeHandOff(tx, app, proofing);
  return proofing;
}

/** Puts a new case on record, with the jobs that remind of its end and end it. The database allows one open an account. */
export async function insertNewCase(
  tx: Tx,
  app: App,
  input: {
    accountId: AccountId;
    openedBy: AccountId | null;
    returnTo: string | null;
    pathway: Pathway;
    consentedAt: Date;
    biometricConsent: boolean;
    officerId: OfficerId | null;
  },
): Promise<ProofingCase> {
  const { accountId, openedBy, returnTo, pathway, consentedAt, officerId } = input;
  const account = await findAccount(tx, accountId);
  if (!account) throw new Fault('not_signed_in');
  const now = app.clock.now();
  const proofing: ProofingCase = {
    id: CaseId.make(app),
    accountId,
    dataKeyId: account.dataKeyId,
    pathway,
    state: placeCase(pathway, NOTHING_ON_FILE),
    version: 1,
    officerId,
    assignedAt: officerId ? now : null,
    returnTo,
    consentedAt,
    biometricConsentAt: input.biometricConsent ? consentedAt : null,
    sampleConsent: null,
    openedBy,
    createdAt: now,
    updatedAt: now,
    expiresAt: addSeconds(now, app.config.CASE_SECONDS),
  };
  await insertCase(tx, proofing);
  await planExpiry(tx, proofing);
  await appendAudit(tx, app, {
    action: 'proofing.case_opened',
    actor: officerId
      ? { kind: 'officer', id: officerId }
      : { kind: 'account', id: openedBy ?? accountId },
    subject: { kind: 'case', id: proofing.id },
    details: { pathway: proofing.pathway },
  });
  return proofing;
}
