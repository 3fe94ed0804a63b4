import { addSeconds } from '../lib/clock.ts';
import type { RegisterBlocker } from './registers/register-blockers.ts';
import type { OfficerId } from '../lib/ids.ts';
import { PATHWAYS } from './case-state.ts';
import type {
  AskAgainReason,
  Pathway,
  ProofingCase,
  RefusalCategory,
  ReviewState,
} from './case-state.ts';

/** A register's word is decided on for this long; after that it is asked again first. */
export const REGISTER_FRESH_SECONDS = 24 * 3600;

const REMOTE: readonly Pathway[] = ['chip', 'data_page'];
const COUNTER: readonly Pathway[] = ['counter'];

type ReasonRule =
  | { kind: 'approve' | 'confirm'; pathways: readonly Pathway[] }
  | { kind: 'refuse'; category: RefusalCategory; pathways: readonly Pathway[] }
  | { kind: 'ask_again'; pathways: readonly Pathway[] };

/** Every reason an officer may give, what it does, and where it can be given. The applicant is told the category alone. */
export const DECISION_REASONS = {
  face_matches: { kind: 'approve', pathways: REMOTE },
  face_and_entry_photo_match: { kind: 'approve', pathways: ['chip'] },
  holder_is_present: { kind: 'approve', pathways: COUNTER },
  second_look_agrees: { kind: 'confirm', pathways: PATHWAYS },
  face_differs: { kind: 'refuse', category: 'identity_not_confirmed', pathways: PATHWAYS },
  not_a_live_person: { kind: 'refuse', category: 'identity_not_confirmed', pathways: REMOTE },
  register_contradicts: { kind: 'refuse', category: 'identity_not_confirmed', pathways: PATHWAYS },
  suspected_fraud: { kind: 'refuse', category: 'identity_not_confirmed', pathways: PATHWAYS },
  document_doubtful: { kind: 'refuse', category: 'document_not_accepted', pathways: PATHWAYS },
  document_not_sufficient: { kind: 'refuse', category: 'document_not_accepted', pathways: COUNTER },
  portrait_unclear: { kind: 'ask_again', pathways: REMOTE },
  portrait_not_live: { kind: 'ask_again', pathways: REMOTE },
  document_unclear: { kind: 'ask_again', pathways: REMOTE },
} as const satisfies Record<string, ReasonRule>;

export type DecisionReason = keyof typeof DECISION_REASONS;
export type DecisionKind = (typeof DECISION_REASONS)[DecisionReason]['kind'];
export const DECISION_KINDS = [
  'approve',
  'confirm',
  'refuse',
  'ask_again',
] as const satisfies readonly DecisionKind[];

/** The reasons that go with a kind, on one pathway or on any, in the order in which they are offered. */
export function reasonsOf(kind: DecisionKind, pathway?: Pathway): DecisionReason[] {
  const reasons = Object.keys(DECISION_REASONS) as DecisionReason[];
  return reasons.filter((reason) => {
    const rule: ReasonRule = DECISION_REASONS[reason];
    return rule.kind === kind && (!pathway || rule.pathways.includes(pathway));
  });
}

/** What may be decided on a case as it stands: a second officer confirms what a first one proposed, or refuses. */
export function reasonsFor(
  proofing: ProofingCase,
): { kind: DecisionKind; reasons: DecisionReason[] }[] {
  const { state, pathway } = proofing;
  const proposed = state.step === 'review' && state.proposal !== null;
  const kinds: readonly DecisionKind[] =
    state.step !== 'review'
      ? ['refuse']
      : proposed
        ? ['confirm', 'refuse', 'ask_again']
        : ['approve', 'refuse', 'ask_again'];
  return kinds
    .map((kind) => ({ kind, reasons: reasonsOf(kind, pathway) }))
    .filter(({ reasons }) => reasons.length > 0);
}

export function isAskAgain(reason: DecisionReason): reason is AskAgainReason {
  return DECISION_REASONS[reason].kind === 'ask_again';
}

/** What the document proves at the moment of the decision: the stored evidence judged anew. */
export interface DocumentNow {
  /** `inspected`: by an officer, or read off a photo; no chip says anything. */
  outcome: 'genuine' | 'unverifiable' | 'rejected' | 'inspected';
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
  | 'register_no_record'
  | 'register_stale'
  | 'guardianship_unverified'
  | 'not_a_minor'
  | 'nothing_to_confirm'
  | 'same_officer'
  | 'faces_being_compared'
  | 'faces_differ'
  | 'attack_detected'
  | 'assurance_too_low';

/**
 * What stands against approving, at the moment of it (DESIGN section 3): nobody decides on themselves, a chip must still
 * be genuine, any document unexpired, a chip without a key needs the register's entry photo compared unless its holder stood
 * at a counter, and the register must not contradict and not have spoken too long ago; a data page needs it to agree.
 * Empty: it may be approved.
 */
export function approvalBlockers(input: {
  proofing: ProofingCase;
  /** Null: the policy decides, not an officer. */
  officerId: OfficerId | null;
  reason: DecisionReason | null;
  document: DocumentNow;
  now: Date;
}): ApprovalBlocker[] {
  const { proofing, document, now } = input;
  const blockers: ApprovalBlocker[] = [];
  if (input.officerId && isOwnCase(proofing, input.officerId)) blockers.push('own_case');
  const { state } = proofing;
  if (state.step !== 'review') return [...blockers, 'not_in_review'];
  const isChip = state.document.check === 'chip';
  if (document.outcome !== (isChip ? 'genuine' : 'inspected'))
    blockers.push('document_not_genuine');
  if (document.expired) blockers.push('document_expired');
  const clone = isChip ? cloneBlocker(proofing, state, document, input.reason) : null;
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
  const uncompensated =
    proofing.pathway === 'chip' &&
    state.document.cloneCheck !== 'passed' &&
    !state.register.entryPhotoHeld;
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
  // IAL1 rests on the register alone: it must know this person and this document.
  if (register.finding === 'no_record' && proofing.pathway === 'data_page')
    blockers.push('register_no_record');
  if (!isRegisterFresh(register.answeredAt, now)) blockers.push('register_stale');
  return blockers;
}

export function isRegisterFresh(answeredAt: Date, now: Date): boolean {
  return now < addSeconds(answeredAt, REGISTER_FRESH_SECONDS);
}

/**
 * Officer and applicant are two accounts; which accounts an officer has besides is in officer-accounts.ts. Who acts for a child
 * in a case does not decide it either.
 */
export function isOwnCase(proofing: ProofingCase, officerId: OfficerId): boolean {
  const officer: string = officerId;
  return proofing.accountId === officer || proofing.openedBy === officer;
}

/** What takes two officers (issue 5.5), first rule that fits. */
export type FourEyes = 'biometric_sample' | 'matcher_overruled';

/** Why one officer is not enough to approve this; null where one is. */
export function fourEyesFor(
  proofing: ProofingCase,
  facts: { matcherOverruled: boolean },
): FourEyes | null {
  if (proofing.state.step !== 'review') return null;
  if (proofing.state.sample) return 'biometric_sample';
  return facts.matcherOverruled ? 'matcher_overruled' : null;
}

function cloneBlocker(
  { pathway }: ProofingCase,
  state: ReviewState,
  document: DocumentNow,
  reason: DecisionReason | null,
): ApprovalBlocker | null {
  if (document.cloneCheck === 'passed') return null;
  if (document.cloneCheck === 'failed') return 'clone_check_failed';
  // Officer, holder and passport are in one room: the table of levels asks for no clone check there.
  if (pathway === 'counter') return null;
  if (document.cloneCheck !== 'unsupported') return 'clone_check_failed';
  const compensated = reason === 'face_and_entry_photo_match' && state.register.entryPhotoHeld;
  return compensated ? null : 'clone_check_uncompensated';
}
