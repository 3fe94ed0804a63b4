import { sendNotice } from '../accounts/send-notice.ts';
import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { addSeconds, toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, OfficerId } from '../lib/ids.ts';
import {
  findAppeal,
  insertAppeal,
  listOpenAppeals,
  lockAppeal,
  settleAppeal,
} from './appeal-store.ts';
import type { Appeal, AppealOutcome } from './appeal-store.ts';
import { caseReference } from './case-reference.ts';
import type { ProofingCase } from './case-state.ts';
import { findCase, lockCase } from './case-store.ts';
import { isOfficersOwn } from './decide-case.ts';
import { listDecisions } from './decision-store.ts';
import { legalBasisOn } from './legal-basis.ts';

const DAY_SECONDS = 86_400;

/** Until when a refused case may be appealed; null where there is nothing to appeal. */
export function appealableUntil(proofing: ProofingCase): Date | null {
  const { state } = proofing;
  if (state.step !== 'refused') return null;
  const { appealWithinDays } = legalBasisOn(toPlainDate(state.closedAt));
  return addSeconds(state.closedAt, appealWithinDays * DAY_SECONDS);
}

/**
 * The holder appeals against a refusal: a case of its own, with a clock that runs from now on. Once a case, within the time
 * that the law gives.
 */
export async function fileAppeal(
  app: App,
  given: { caseId: CaseId; statement: string },
): Promise<{ ok: true; dueAt: Date } | { ok: false; reason: 'not_appealable' | 'filed' }> {
  return transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, given.caseId);
    const now = app.clock.now();
    const until = proofing ? appealableUntil(proofing) : null;
    if (!proofing || !until || now >= until) return { ok: false, reason: 'not_appealable' };
    if (await findAppeal(tx, { caseId: proofing.id })) return { ok: false, reason: 'filed' };
    const id = RowId.make(app);
    const { decidedWithinDays } = legalBasisOn(toPlainDate(now));
    const dueAt = addSeconds(now, decidedWithinDays * DAY_SECONDS);
    const accountId = proofing.openedBy ?? proofing.accountId;
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    await insertAppeal(tx, {
      id,
      caseId: proofing.id,
      accountId,
      dataKeyId: proofing.dataKeyId,
      statement: key.encrypt(placeOf(id, 'statement'), given.statement),
      filedAt: now,
      dueAt,
    });
    await sendNotice(tx, app, {
      accountId,
      template: 'appeal_received',
      params: { caseUrl: `/cases/${proofing.id}`, dueAt: dueAt.toISOString() },
    });
    await appendAudit(tx, app, {
      action: 'proofing.appeal_filed',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'case', id: proofing.id },
      details: { appealId: id, dueAt: dueAt.toISOString() },
    });
    return { ok: true, dueAt };
  });
}

export type AppealDecision =
  | { ok: true; outcome: AppealOutcome }
  | { ok: false; reason: 'not_found' | 'own_case' | 'same_officer' | 'decided' };

/**
 * Another officer decides an appeal: nobody who had a hand in the case, nobody on themselves. Upheld, the refusal is set aside
 * and the holder is asked back; dismissed, it stands. `holderVerified`: the officer was sure who appealed, and the
 * letter tells the reasons.
 */
export async function decideAppeal(
  app: App,
  given: {
    id: RowId;
    officerId: OfficerId;
    outcome: AppealOutcome;
    reasons: string;
    holderVerified: boolean;
  },
): Promise<AppealDecision> {
  return transact(app.db, async (tx): Promise<AppealDecision> => {
    const appeal = await lockAppeal(tx, given.id);
    const proofing = appeal ? await findCase(tx, appeal.caseId) : null;
    if (!appeal || !proofing) return { ok: false, reason: 'not_found' };
    if (appeal.decided) return { ok: false, reason: 'decided' };
    const { officerId, outcome } = given;
    if (await isOfficersOwn(tx, proofing, officerId)) return { ok: false, reason: 'own_case' };
    if (await hadAHand(tx, proofing, officerId)) return { ok: false, reason: 'same_officer' };
    const at = app.clock.now();
    const key = await app.cipher.openDataKey(tx, appeal.dataKeyId);
    await settleAppeal(tx, appeal.id, {
      at,
      by: officerId,
      outcome,
      reasons: key.encrypt(placeOf(appeal.id, 'reasons'), given.reasons),
      holderVerified: given.holderVerified,
    });
    await sendNotice(tx, app, {
      accountId: appeal.accountId,
      template: 'appeal_decided',
      params: { caseUrl: `/cases/${proofing.id}` },
    });
    await appendAudit(tx, app, {
      action: 'proofing.appeal_decided',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'case', id: proofing.id },
      details: { appealId: appeal.id, outcome, late: at > appeal.dueAt },
    });
    return { ok: true, outcome };
  });
}

/** Who decided the case, proposed it or last had it: the appeal is for somebody else. */
async function hadAHand(tx: Tx, proofing: ProofingCase, officerId: OfficerId): Promise<boolean> {
  if (proofing.officerId === officerId) return true;
  const decisions = await listDecisions(tx, proofing.id);
  return decisions.some((decision) => decision.officerId === officerId);
}

/** An appeal with its words, for whoever may read them. */
export interface ReadAppeal {
  appeal: Appeal;
  reference: string;
  statement: string;
  reasons: string | null;
}

export async function readAppeal(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  by: { id: RowId } | { caseId: CaseId },
): Promise<ReadAppeal | null> {
  const appeal = await findAppeal(db, by);
  const key = appeal ? await app.cipher.findDataKey(db, appeal.dataKeyId) : null;
  if (!appeal || !key) return null;
  const open = (column: 'statement' | 'reasons', bytes: Buffer) =>
    key.decryptText(placeOf(appeal.id, column), bytes);
  return {
    appeal,
    reference: caseReference(appeal.caseId),
    statement: open('statement', appeal.statement),
    reasons: appeal.decided ? open('reasons', appeal.decided.reasons) : null,
  };
}

/** What waits, the most urgent first. */
export function openAppeals(db: Db, limit = 100): Promise<Appeal[]> {
  return listOpenAppeals(db, limit);
}

function placeOf(id: RowId, column: 'statement' | 'reasons') {
  return { table: 'appeals', column, row: id };
}
