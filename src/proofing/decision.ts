import { addSeconds } from '../lib/clock.ts';
import type { RegisterBlocker } from './registers/register-blockers.ts';
import type { OfficerId } from '../lib/ids.ts';
import type { AskAgainReason, ProofingCase, RefusalCategory, ReviewState } from './case-state.ts';

/** A register's word is decided on for this long; after that it is asked again first. */
export const REGISTER_FRESH_SECONDS = 24 * 3600;

/** Every reason an officer may give, and what it does. The applicant is told the category alone. */
export const DECISION_REASONS = {
  face_matches: { kind: 'approve', entryPhoto: false },
  face_and_entry_photo_match: { kind: 'approve', entryPhoto: true },
  face_differs: { kind: 'refuse', category: 'identity_not_confirmed' },
  not_a_live_person: { kind: 'refuse', category: 'identity_not_confirmed' },
  register_contradicts: { kind: 'refuse', category: 'identity_not_confirmed' },
  suspected_fraud: { kind: 'refuse', category: 'identity_not_confirmed' },
  document_doubtful: { kind: 'refuse', category: 'document_not_accepted' },
  portrait_unclear: { kind: 'ask_again' },
  portrait_not_live: { kind: 'ask_again' },
  document_unclear: { kind: 'ask_again' },
} as const satisfies Record<
  string,
  | { kind: 'approve'; entryPhoto: boolean }
  | { kind: 'refuse'; category: RefusalCategory }
  | { kind: 'ask_again' }
>;

export type DecisionReason = keyof typeof DECISION_REASONS;
export type DecisionKind = (typeof DECISION_REASONS)[DecisionReason]['kind'];
export const DECISION_KINDS = [
  'approve',
  'refuse',
  'ask_again',
] as const satisfies readonly DecisionKind[];

/** The reasons that go with a kind, in the order in which they are offered. */
export function reasonsOf(kind: DecisionKind): DecisionReason[] {
  const reasons = Object.keys(DECISION_REASONS) as DecisionReason[];
  return reasons.filter((reason) => DECISION_REASONS[reason].kind === kind);
}

export function isAskAgain(reason: DecisionReason): reason is AskAgainReason {
  return DECISION_REASONS[reason].kind === 'ask_again';
}

/** What the document proves at the moment of the decision: the stored evidence judged anew (`verifyChip`). */
export interface DocumentNow {
  outcome: 'genuine' | 'unverifiable' | 'rejected';
  cloneCheck: 'passed' | 'failed' | 'unsupported' | 'not_attempted';
  expired: boolean;
}

/** Why a case may not be approved as things are. */
export type ApprovalBlocker =
  | RegisterBlocker
  | 'own_case'
  | 'not_in_review'
  | 'case_expired'
  | 'document_not_genuine'
  | 'document_expired'
  | 'clone_check_failed'
  | 'clone_check_uncompensated'
  | 'register_contradicts'
  | 'register_stale'
  | 'assurance_too_low';

/**
 * What stands against approving, at the moment of it (DESIGN section 3, IAL2 remote by an officer): nobody decides on
 * themselves, the chip must still be genuine and unexpired, a chip without a key needs the register's entry photo compared,
 * and the register must not contradict and not have spoken too long ago. Empty: it may be approved.
 */
export function approvalBlockers(input: {
  proofing: ProofingCase;
  officerId: OfficerId;
  reason: DecisionReason;
  document: DocumentNow;
  now: Date;
}): ApprovalBlocker[] {
  const { proofing, document, now } = input;
  const blockers: ApprovalBlocker[] = [];
  if (isOwnCase(proofing, input.officerId)) blockers.push('own_case');
  const { state } = proofing;
  if (state.step !== 'review') return [...blockers, 'not_in_review'];
  if (document.outcome !== 'genuine') blockers.push('document_not_genuine');
  if (document.expired) blockers.push('document_expired');
  const clone = cloneBlocker(state, document, input.reason);
  if (clone) blockers.push(clone);
  return [...blockers, ...timelyBlockers(proofing, state, now)];
}

/**
 * What stands against approving by what is on file alone: for showing a case, without judging its chip anew and whatever
 * the reason will be.
 */
export function standingBlockers(proofing: ProofingCase, now: Date): ApprovalBlocker[] {
  const { state } = proofing;
  if (state.step !== 'review') return ['not_in_review'];
  const uncompensated = state.document.cloneCheck !== 'passed' && !state.register.entryPhotoHeld;
  return [
    ...(uncompensated ? (['clone_check_uncompensated'] as const) : []),
    ...timelyBlockers(proofing, state, now),
  ];
}

function timelyBlockers(
  proofing: ProofingCase,
  { register }: ReviewState,
  now: Date,
): ApprovalBlocker[] {
  const blockers: ApprovalBlocker[] = [];
  if (now >= proofing.expiresAt) blockers.push('case_expired');
  if (register.finding === 'contradicts') blockers.push('register_contradicts');
  if (!isRegisterFresh(register.answeredAt, now)) blockers.push('register_stale');
  return blockers;
}

export function isRegisterFresh(answeredAt: Date, now: Date): boolean {
  return now < addSeconds(answeredAt, REGISTER_FRESH_SECONDS);
}

/** Officer and applicant are two accounts, even where one human holds both: then it is for another officer. */
export function isOwnCase(proofing: ProofingCase, officerId: OfficerId): boolean {
  return (proofing.accountId as string) === (officerId as string);
}

function cloneBlocker(
  state: ReviewState,
  document: DocumentNow,
  reason: DecisionReason,
): ApprovalBlocker | null {
  if (document.cloneCheck === 'passed') return null;
  if (document.cloneCheck !== 'unsupported') return 'clone_check_failed';
  const compensated = reason === 'face_and_entry_photo_match' && state.register.entryPhotoHeld;
  return compensated ? null : 'clone_check_uncompensated';
}
