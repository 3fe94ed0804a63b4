import type { CaseId, OfficerId, RowId } from '../../lib/ids.ts';
import type { ContestedEntry } from '../../visas/register-port.ts';

/**
 * One entry of a register that its holder says is wrong. Pure.
 *
 *     contested --officer asks the register--> requested --its answer--> answered (corrected | rejected)
 *         '----officer finds nothing to ask--> dismissed
 */
export type CorrectionState =
  | { kind: 'contested' }
  | ({ kind: 'requested' } & Requested)
  | ({ kind: 'answered'; outcome: CorrectionOutcome; settledAt: Date } & Requested)
  | { kind: 'dismissed'; officerId: OfficerId; settledAt: Date };

export type CorrectionOutcome = 'corrected' | 'rejected';

interface Requested {
  /** By our name for it. */
  register: string;
  by: 'port' | 'letter';
  officerId: OfficerId;
  requestedAt: Date;
}

export interface Correction {
  id: RowId;
  caseId: CaseId;
  entry: ContestedEntry;
  /** The applicant's words, encrypted. */
  statement: Buffer;
  state: CorrectionState;
  /** How often it was delivered or asked after. */
  attempts: number;
  contestedAt: Date;
}

export type CorrectionMove =
  | { ok: true; state: CorrectionState }
  | { ok: false; reason: 'wrong_state' };

const no: CorrectionMove = { ok: false, reason: 'wrong_state' };

/** An officer asks the register to correct the entry. */
export function request({ state }: Correction, asked: Requested): CorrectionMove {
  return state.kind === 'contested' ? { ok: true, state: { kind: 'requested', ...asked } } : no;
}

/** The register has answered. */
export function answer(
  { state }: Correction,
  said: { outcome: CorrectionOutcome; at: Date },
): CorrectionMove {
  if (state.kind !== 'requested') return no;
  return {
    ok: true,
    state: { ...state, kind: 'answered', outcome: said.outcome, settledAt: said.at },
  };
}

/** An officer finds that there is nothing to ask the register for. */
export function dismiss(
  { state }: Correction,
  by: { officerId: OfficerId; at: Date },
): CorrectionMove {
  if (state.kind !== 'contested') return no;
  return { ok: true, state: { kind: 'dismissed', officerId: by.officerId, settledAt: by.at } };
}
