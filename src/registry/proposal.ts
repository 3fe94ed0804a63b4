import type { PersonId, RowId } from '../lib/ids.ts';
import type { ForeignIdState, TransitionReason } from './id-lifecycle.ts';

/** What one officer may not do alone (DESIGN sections 4 and 9). */
export type ProposalKind = 'merge' | 'split' | 'state_change';

/**
 * `proposed` → `approved` by another officer → `effective` when its time has come; or `rejected` by that officer,
 * `withdrawn` by the proposer, `objected` to by a party who froze their ID, `failed` where it had become impossible.
 */
export type ProposalState =
  | 'proposed'
  | 'approved'
  | 'effective'
  | 'rejected'
  | 'withdrawn'
  | 'objected'
  | 'failed';

export const MERGE_REASONS = [
  'same_person_documents',
  'same_person_register',
  'same_person_declared',
] as const;
export const SPLIT_REASONS = ['two_persons_found', 'merged_in_error'] as const;
export type MergeReason = (typeof MERGE_REASONS)[number];
export type SplitReason = (typeof SPLIT_REASONS)[number];
export type ProposalReason = MergeReason | SplitReason | TransitionReason;

/** What is proposed. */
export type ProposedChange =
  /** `personId` keeps the number; `mergedId` goes by it from then on. */
  | {
      kind: 'merge';
      personId: PersonId;
      mergedId: PersonId;
      reason: MergeReason;
    }
  /** Takes a merge back. */
  | {
      kind: 'split';
      personId: PersonId;
      mergedId: PersonId;
      reason: SplitReason;
    }
  /** Gives documents, with the proofs made by them, to a person of their own. */
  | {
      kind: 'split';
      personId: PersonId;
      documentIds: readonly RowId[];
      reason: SplitReason;
    }
  | { kind: 'state_change'; personId: PersonId; to: ForeignIdState; reason: TransitionReason };

/** Merges and splits wait this long after the second officer, so that both parties can object (DESIGN section 4). */
export const WAIT_SECONDS = 72 * 3600;

/** Whether a change waits for objections; a change of state stops a harm, or ends one, and does not wait. */
export function waits(kind: ProposalKind): boolean {
  return kind !== 'state_change';
}
