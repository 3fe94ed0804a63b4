import { ID_STATES } from '../assurance/sign-in-policy.ts';
import type { IdState } from '../assurance/sign-in-policy.ts';

/** The states that a foreign-national ID has been through or is in (DESIGN section 4). */
export type ForeignIdState = Exclude<IdState, 'none'>;
export const FOREIGN_ID_STATES: readonly ForeignIdState[] = ID_STATES.filter(
  (state) => state !== 'none',
);

/** Why an ID changed its state: a code for the record; an officer's own words go into the decision. */
export type TransitionReason =
  | 'issued'
  | 'issued_before_arrival'
  | 'admitted'
  | 'arrival_lapsed'
  | 'abroad_without_sign_in'
  | 'returned'
  | 'holder_froze'
  | 'document_reported_lost'
  | 'register_contradiction'
  | 'suspected_fraud'
  | 'question_settled'
  | 'fraud_established'
  | 'issued_in_error'
  | 'appeal_upheld'
  | 'citizenship_acquired'
  | 'citizenship_lost'
  | 'death_recorded'
  | 'recorded_in_error'
  | 'merged'
  | 'split'
  | 'holder_erased'
  | 'enrolled_again';

type Reasons = readonly TransitionReason[];

const toSuspended: Reasons = [
  'holder_froze',
  'document_reported_lost',
  'register_contradiction',
  'suspected_fraud',
];
const toRevoked: Reasons = ['fraud_established', 'issued_in_error'];
/** What may befall a holder whatever the ID's state. */
const life = {
  naturalised: ['citizenship_acquired'],
  deceased: ['death_recorded'],
  superseded: ['merged'],
} as const satisfies Partial<Record<ForeignIdState, Reasons>>;

/**
 * The one table of the lifecycle: from × to × the reasons that may carry it. What is not here is refused.
 * No state is a dead end: a person has one number for life, so a wrong end must be repairable, never reissued.
 */
export const TRANSITIONS: Readonly<
  Record<ForeignIdState, Readonly<Partial<Record<ForeignIdState, Reasons>>>>
> = {
  reserved: {
    active: ['issued'],
    provisional: ['issued_before_arrival'],
  },
  provisional: {
    active: ['admitted'],
    suspended: toSuspended,
    revoked: [...toRevoked, 'arrival_lapsed', 'holder_erased'],
    ...life,
  },
  active: {
    dormant: ['abroad_without_sign_in'],
    suspended: toSuspended,
    revoked: [...toRevoked, 'holder_erased'],
    ...life,
  },
  dormant: {
    active: ['returned'],
    suspended: toSuspended,
    revoked: [...toRevoked, 'holder_erased'],
    ...life,
  },
  suspended: {
    // Back to where it came from: `resumesTo` says which of the two.
    active: ['question_settled', 'appeal_upheld'],
    provisional: ['question_settled', 'appeal_upheld'],
    revoked: toRevoked,
    ...life,
  },
  revoked: {
    active: ['appeal_upheld', 'admitted', 'enrolled_again'],
    deceased: ['death_recorded'],
  },
  naturalised: {
    active: ['recorded_in_error', 'citizenship_lost'],
    deceased: ['death_recorded'],
  },
  deceased: { active: ['recorded_in_error'] },
  // A split gives back the state from before the merge: it lifts no suspension and makes nobody arrive.
  superseded: {
    active: ['split'],
    provisional: ['split'],
    dormant: ['split'],
    suspended: ['split'],
  },
};

/** What takes an ID away, or ends its use for good, or undoes that: an officer proposes it, another one approves. */
export const FOUR_EYES: readonly ForeignIdState[] = ['revoked', 'naturalised', 'deceased'];

/** Whether one officer may move an ID alone: suspending stops a harm at once, all that is hard to undo takes two. */
export function takesTwoOfficers(from: ForeignIdState, to: ForeignIdState): boolean {
  return FOUR_EYES.includes(to) || FOUR_EYES.includes(from);
}

export type TransitionCheck = { ok: true } | { ok: false; reason: 'not_possible' | 'wrong_reason' };

/** Whether an ID in `from` may go to `to` for `reason`. */
export function checkTransition(
  from: ForeignIdState,
  to: ForeignIdState,
  reason: TransitionReason,
): TransitionCheck {
  const reasons = TRANSITIONS[from][to];
  if (!reasons) return { ok: false, reason: 'not_possible' };
  return reasons.includes(reason) ? { ok: true } : { ok: false, reason: 'wrong_reason' };
}

/** Where a suspended ID goes back to: before arrival it was provisional, and still is. */
export function resumesTo(suspendedFrom: ForeignIdState): 'active' | 'provisional' {
  return suspendedFrom === 'provisional' ? 'provisional' : 'active';
}
