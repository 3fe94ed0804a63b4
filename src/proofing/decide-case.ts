import { appendAudit } from '../audit/append.ts';
import { sendNotice } from '../accounts/send-notice.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { CaseId, OfficerId, PersonId } from '../lib/ids.ts';
import { approveCase } from './approve-case.ts';
import type { Settlement } from './approve-case.ts';
import { askAgain, close } from './case.ts';
import type { Transition } from './case.ts';
import type { HoldReason, Pathway, ProofingCase } from './case-state.ts';
import { findCase, lockCase } from './case-store.ts';
import { DECISION_REASONS, isAskAgain, isOwnCase } from './decision.ts';
import type { ApprovalBlocker, DecisionKind, DecisionReason } from './decision.ts';
import { insertDecision } from './decision-store.ts';
import type { DecisionOutcome } from './decision-store.ts';
import { drawForReview } from './draw-reviews.ts';
import { evidenceHash } from './evidence-hash.ts';
import { officerHasAccount } from './officer-accounts.ts';
import { noteOf, toldOf } from './officer-note.ts';
import { findPlanted } from './review-store.ts';
import type { AskingApp } from './registers/ask-all.ts';
import { recheckRegisters } from './registers/recheck.ts';
import { saveChange } from './save-case.ts';

export interface DecisionInput {
  caseId: CaseId;
  officerId: OfficerId;
  /** The version that the officer had before them. */
  expectedVersion: number;
  /** `evidenceHash` of what they had before them; left out where nothing was shown. */
  expectedEvidence?: string;
  decision: DecisionKind;
  reasonCode: DecisionReason;
  /** The officer's own words, kept encrypted; never shown to the applicant. */
  note: string | null;
  /** Words for the letter that a verified holder gets; kept encrypted. */
  told?: string | null;
  /** What was settled about persons on record, for a case that was held. */
  settlement?: Settlement;
}

export type DecideResult =
  | { ok: true; outcome: 'approved'; personId: PersonId }
  /** It takes two officers: a second one must confirm. */
  | { ok: true; outcome: 'refused' | 'asked_again' | 'proposed' }
  /** It was planted: whatever was decided ends it, and binds nothing. */
  | { ok: true; outcome: 'planted' }
  /** Nothing was bound: the registry has to settle something first. The case stays with the officers. */
  | { ok: true; outcome: 'held'; hold: HoldReason }
  /** The register's word was too old: it is asked again, and the case comes back by itself. */
  | { ok: true; outcome: 'register_asked_again' }
  | { ok: false; reason: 'not_found' | 'own_case' | 'reason_does_not_fit' | 'evidence_changed' }
  /** Somebody or something was first: read the case again (409). */
  | { ok: false; reason: 'stale_version'; version: number }
  | { ok: false; reason: 'not_decidable'; blockers: ApprovalBlocker[] };

/**
 * An officer decides a case. Where that may issue an ID, the registers are asked once more first. All the rest happens in one
 * transaction over the locked case: the checks that the decision needs at this moment, what follows from it, the
 * record of it, audit and notices. Two officers who decide at once: the second is told that the version is stale; evidence
 * that is not what the page showed decides nothing.
 */
export async function decideCase(app: AskingApp, input: DecisionInput): Promise<DecideResult> {
  const { kind } = DECISION_REASONS[input.reasonCode];
  if (kind === 'approve' || kind === 'confirm') {
    const seen = await findCase(app.db, input.caseId);
    if (seen?.version === input.expectedVersion) await recheckRegisters(app, input.caseId);
  }
  return transact(app.db, (tx) => decideWithin(tx, app, input));
}

/** As `decideCase`, in the caller's transaction; who approves has asked the registers before it (`recheckRegisters`). */
export async function decideWithin(tx: Tx, app: App, input: DecisionInput): Promise<DecideResult> {
  const proofing = await lockCase(tx, input.caseId);
  if (!proofing) return { ok: false, reason: 'not_found' };
  if (await isOfficersOwn(tx, proofing, input.officerId)) return { ok: false, reason: 'own_case' };
  const rule = DECISION_REASONS[input.reasonCode];
  const fits: readonly Pathway[] = rule.pathways;
  if (rule.kind !== input.decision || !fits.includes(proofing.pathway))
    return { ok: false, reason: 'reason_does_not_fit' };
  if (proofing.version !== input.expectedVersion)
    return { ok: false, reason: 'stale_version', version: proofing.version };
  if (
    input.expectedEvidence !== undefined &&
    input.expectedEvidence !== (await evidenceHash(tx, app, proofing))
  )
    return { ok: false, reason: 'evidence_changed' };
  const planted = await findPlanted(tx, proofing.id);
  // Who planted it knows the answer.
  if (planted?.plantedBy === input.officerId) return { ok: false, reason: 'own_case' };
  const result = planted
    ? await endPlanted(tx, app, proofing)
    : await carryOut(tx, app, proofing, input);
  if (result.ok) await recordDecision(tx, app, { proofing, input, outcome: result.outcome });
  return result;
}

/** Their own case by any account that is known to be theirs: nobody decides on themselves. */
export async function isOfficersOwn(
  tx: Tx,
  proofing: ProofingCase,
  officerId: OfficerId,
): Promise<boolean> {
  if (isOwnCase(proofing, officerId)) return true;
  if (await officerHasAccount(tx, officerId, proofing.accountId)) return true;
  return proofing.openedBy !== null && officerHasAccount(tx, officerId, proofing.openedBy);
}

function carryOut(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  input: DecisionInput,
): Promise<DecideResult> {
  const rule = DECISION_REASONS[input.reasonCode];
  const { officerId, reasonCode: reason } = input;
  switch (rule.kind) {
    case 'approve':
      return approveCase(tx, app, proofing, { by: 'officer', officerId, reason }, input.settlement);
    case 'confirm':
      return approveCase(tx, app, proofing, { by: 'second_officer', officerId }, input.settlement);
    case 'refuse':
      return refuseCase(tx, app, proofing, rule.category);
    case 'ask_again':
      return returnCase(tx, app, proofing, input.reasonCode);
    default:
      return rule satisfies never;
  }
}

async function refuseCase(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  category: 'identity_not_confirmed' | 'document_not_accepted',
): Promise<DecideResult> {
  const refused = close(proofing, { step: 'refused', category }, app.clock.now());
  if (!refused.ok) return undecidable(refused);
  await saveChange(tx, app, proofing, refused.change);
  await sendNotice(tx, app, {
    accountId: proofing.openedBy ?? proofing.accountId,
    template: 'case_decided_refused',
    params: { category, caseUrl: `/cases/${proofing.id}` },
  });
  return { ok: true, outcome: 'refused' };
}

async function returnCase(
  tx: Tx,
  app: App,
  proofing: ProofingCase,
  reason: DecisionReason,
): Promise<DecideResult> {
  if (!isAskAgain(reason)) return { ok: false, reason: 'reason_does_not_fit' };
  const asked = askAgain(proofing, { reason, now: app.clock.now() });
  if (!asked.ok) return undecidable(asked);
  await saveChange(tx, app, proofing, asked.change);
  await sendNotice(tx, app, {
    accountId: proofing.openedBy ?? proofing.accountId,
    template: 'case_step_asked_again',
    params: { caseUrl: `/cases/${proofing.id}` },
  });
  return { ok: true, outcome: 'asked_again' };
}

/** A planted case has shown how its officer looks: it is over, and nobody is told of a decision. */
async function endPlanted(tx: Tx, app: App, proofing: ProofingCase): Promise<DecideResult> {
  if (proofing.state.step !== 'review')
    return { ok: false, reason: 'not_decidable', blockers: ['not_in_review'] };
  const ended = close(proofing, { step: 'withdrawn' }, app.clock.now());
  if (!ended.ok) return undecidable(ended);
  await saveChange(tx, app, proofing, ended.change);
  return { ok: true, outcome: 'planted' };
}

function undecidable({ reason }: Transition & { ok: false }): DecideResult {
  const blocker = reason === 'expired' ? 'case_expired' : 'not_in_review';
  return { ok: false, reason: 'not_decidable', blockers: [blocker] };
}

/** Unique by case and version, and one final outcome a case: the database would refuse a second decision too. */
async function recordDecision(
  tx: Tx,
  app: App,
  made: { proofing: ProofingCase; input: DecisionInput; outcome: DecisionOutcome },
): Promise<void> {
  const { proofing, input, outcome } = made;
  const id = RowId.make(app);
  const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
  await insertDecision(tx, {
    id,
    caseId: proofing.id,
    officerId: input.officerId,
    policy: null,
    kind: input.decision,
    reason: input.reasonCode,
    outcome,
    note: input.note ? noteOf(id).seal(key, input.note) : null,
    told: input.told ? toldOf(id).seal(key, input.told) : null,
    caseVersion: proofing.version,
    at: app.clock.now(),
  });
  await appendAudit(tx, app, {
    action: 'proofing.case_decided',
    actor: { kind: 'officer', id: input.officerId },
    subject: { kind: 'case', id: proofing.id },
    details: { decisionId: id, kind: input.decision, outcome, version: proofing.version },
  });
  if (outcome === 'approved' || outcome === 'refused')
    await drawForReview(tx, app, { decisionId: id, caseId: proofing.id });
}
