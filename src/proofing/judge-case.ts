import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { CaseId, RowId } from '../lib/ids.ts';
import { approveCase } from './approve-case.ts';
import { POLICY_VERSION, judgeByPolicy } from './automatic-policy.ts';
import type { PolicyFacts } from './automatic-policy.ts';
import type { ProofingCase, ReviewState } from './case-state.ts';
import { lockCase, setReviewReasons } from './case-store.ts';
import { confirmationAgrees } from './confirm-page.ts';
import { approvalBlockers } from './decision.ts';
import { insertDecision, listDecisions } from './decision-store.ts';
import { drawForReview } from './draw-reviews.ts';
import { judgeDocumentNow } from './document-record.ts';
import type { JudgedDocument } from './document-record.ts';
import { readPortraitFacts } from './portrait-facts.ts';
import type { AskingApp } from './registers/ask-all.ts';
import { recheckRegisters } from './registers/recheck.ts';
import { readRegisterRecord } from './register-record.ts';
import { findPlanted } from './review-store.ts';

/** So often a case waits for registers by itself; one that says something else each time is for people to look at. */
const MOST_ASKED_AGAIN = 5;

/**
 * Job `judge_case`: a case has come to its review. The written policy approves it, in the same way and transaction as an
 * officer would, or leaves it to the queue with the reasons. Runs at least once: a case that an officer or a first run
 * has changed is left alone, and the reasons are written over themselves without a new version. Where the policy would approve,
 * the registers are asked once more, and then everything is looked at again in the transaction that issues.
 */
export async function judgeCase(payload: Record<string, unknown>, app: AskingApp): Promise<void> {
  const id = CaseId.parse(payload.caseId);
  if (!id) throw new Error('The job names no case.');
  const wouldApprove = await transact(
    app.db,
    async (tx) => (await judgeOrLeave(tx, app, id)) !== null,
  );
  if (!wouldApprove) return;
  await recheckRegisters(app, id);
  await transact(app.db, async (tx) => {
    const proofing = await judgeOrLeave(tx, app, id);
    if (!proofing) return;
    const result = await approveCase(tx, app, proofing, { by: 'policy' });
    if (!result.ok) return leave(tx, app, proofing, ['blocked']);
    const decisionId = RowId.make(app);
    await insertDecision(tx, {
      id: decisionId,
      caseId: id,
      officerId: null,
      policy: POLICY_VERSION,
      kind: 'approve',
      reason: 'policy_met',
      outcome: result.outcome,
      note: null,
      told: null,
      caseVersion: proofing.version,
      at: app.clock.now(),
    });
    await appendAudit(tx, app, {
      action: 'proofing.case_decided',
      actor: SYSTEM,
      subject: { kind: 'case', id },
      details: {
        decisionId,
        kind: 'approve',
        outcome: result.outcome,
        version: proofing.version,
      },
    });
    // The policy is looked at again as officers are.
    if (result.outcome === 'approved') await drawForReview(tx, app, { decisionId, caseId: id });
  });
}

/** The locked case where the policy approves it; null where there is nothing to judge, or it was left to the queue. */
async function judgeOrLeave(tx: Tx, app: App, id: CaseId): Promise<ProofingCase | null> {
  const proofing = await lockCase(tx, id);
  if (proofing?.state.step !== 'review') return null;
  const asked = await listDecisions(tx, id);
  const unsteady = asked.filter(({ outcome }) => outcome === 'register_asked_again').length;
  if (unsteady >= MOST_ASKED_AGAIN) {
    await leave(tx, app, proofing, ['register_unsteady']);
    return null;
  }
  const judged = judgeByPolicy(await policyFacts(tx, app, proofing, proofing.state));
  if (judged.approves) return proofing;
  await leave(tx, app, proofing, judged.reasons);
  return null;
}

async function leave(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  reasons: readonly string[],
): Promise<void> {
  await setReviewReasons(tx, proofing, reasons);
  await appendAudit(tx, app, {
    action: 'proofing.policy_left_case',
    actor: SYSTEM,
    subject: { kind: 'case', id: proofing.id },
    details: { reasons: [...reasons], version: proofing.version },
  });
}

async function policyFacts(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  state: ReviewState,
): Promise<PolicyFacts> {
  const judged = await judgeDocumentNow(tx, app, { proofing, document: state.document });
  const { document } = judged;
  // One after the other: a transaction has one connection.
  const portrait = await readPortraitFacts(tx, state.portrait?.examinationId ?? null);
  const decisions = await listDecisions(tx, proofing.id);
  const planted = await findPlanted(tx, proofing.id);
  return {
    ...portrait,
    pathway: proofing.pathway,
    blockers: approvalBlockers({
      proofing,
      officerId: null,
      reason: null,
      document: judged,
      now: app.clock.now(),
    }),
    cloneCheck: judged.cloneCheck,
    register: state.register.finding,
    registerNotes: await notesOf(tx, app, { proofing, state, judged }),
    birthDateDoubtful:
      !document || document.dateOfBirthCenturyDoubtful || document.dateOfBirth.includes('X'),
    nameMayBeTruncated: document?.nameMayBeTruncated ?? true,
    confirmationAgrees: await confirmationAgrees(tx, state.confirmation),
    codeConfirmed: state.code !== null,
    held: state.hold !== null,
    seenByOfficer:
      proofing.officerId !== null || decisions.some(({ officerId }) => officerId !== null),
    forChild: proofing.openedBy !== null,
    planted: planted !== null,
  };
}

async function notesOf(
  tx: Tx,
  app: App,
  given: { proofing: ProofingCase; state: ReviewState; judged: JudgedDocument },
): Promise<number> {
  const { document } = given.judged;
  if (!document) return 0;
  const record = await readRegisterRecord(tx, app, {
    proofing: given.proofing,
    examinationId: given.state.register.examinationId,
    document,
  });
  return record?.judgement.comparison?.notes.length ?? 0;
}
