/** Why an officer says no to an anchor that another one proposed. */
export const REJECT_REASONS = [
  'not_confirmed_by_state',
  'wrong_certificate',
  'not_needed',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Why an anchor shall count no more. */
export const WITHDRAWAL_REASONS = ['key_compromised', 'asked_by_state', 'never_of_state'] as const;
export type WithdrawalReason = (typeof WITHDRAWAL_REASONS)[number];
