import type { OfficerId, PersonId, RowId } from '../lib/ids.ts';
import { isOpen } from './case-state.ts';
import type {
  AskAgainReason,
  CaseState,
  DocumentOnFile,
  HoldReason,
  OnFile,
  OpenState,
  PortraitOnFile,
  ProofingCase,
  RefusalCategory,
  RegisterAnswered,
  RegisterOnFile,
} from './case-state.ts';

/** What steps put on file. */
export type Fact = 'document' | 'register' | 'portrait';

interface StepRule {
  /** What must be on file before the step may be done. */
  needs: readonly Fact[];
  /** What it puts on file; nothing for the officer's. */
  gives: Fact | null;
  /** What going back to the step takes off file: its own result and all that rested on it. */
  wipes: readonly Fact[];
}

/** The one table of steps. A portrait is compared with the chip's: another document makes it stale. */
export const STEPS: Readonly<Record<OpenState['step'], StepRule>> = {
  document: { needs: [], gives: 'document', wipes: ['document', 'register', 'portrait'] },
  portrait: { needs: ['document'], gives: 'portrait', wipes: ['portrait'] },
  register: { needs: ['document'], gives: 'register', wipes: ['register'] },
  review: { needs: ['document', 'register', 'portrait'], gives: null, wipes: [] },
};

/** What of a case changed, and which facts were taken off file by it. */
export interface Change {
  state: CaseState;
  officerId: OfficerId | null;
  wiped: readonly Fact[];
}

export type Transition =
  | { ok: true; change: Change }
  /** `wrong_step`: not now. `closed`: over. `expired`: over, though nobody wrote it down yet. */
  | { ok: false; reason: 'wrong_step' | 'closed' | 'expired' };

/** The step at which a case with this on file stands: the first whose result is missing, in the applicant's order. */
export function placeCase(
  file: OnFile,
  asked: AskAgainReason | null,
  hold: HoldReason | null,
): OpenState {
  const { document, register, portrait } = file;
  if (!document || !register) return { step: 'document', asked };
  if (!portrait) return { step: 'portrait', document, register, asked };
  if (register.status === 'waiting') return { step: 'register', document, register, portrait };
  return { step: 'review', document, register, portrait, hold };
}

export function onFile(state: CaseState): OnFile {
  const nothing = { document: null, register: null, portrait: null };
  switch (state.step) {
    case 'portrait':
      return { ...nothing, document: state.document, register: state.register };
    case 'register':
    case 'review':
      return { document: state.document, register: state.register, portrait: state.portrait };
    case 'document':
      return nothing;
    default:
      return state.file;
  }
}

/** The document was examined and accepted; the register is asked from here on. */
export function acceptDocument(
  proofing: ProofingCase,
  input: { document: DocumentOnFile; requestId: RowId; now: Date },
): Transition {
  return during(proofing, input.now, ['document'], () => {
    const register = waitFor(input.requestId, input.now);
    return { ...onFile(proofing.state), document: input.document, register };
  });
}

/** A live portrait was taken and is good enough to be looked at. */
export function takePortrait(
  proofing: ProofingCase,
  input: { portrait: PortraitOnFile; now: Date },
): Transition {
  return during(proofing, input.now, ['portrait'], () => ({
    ...onFile(proofing.state),
    portrait: input.portrait,
  }));
}

/** The register answered the question that this case waits for; an answer to an older question changes nothing. */
export function answerRegister(
  proofing: ProofingCase,
  input: { answer: RegisterAnswered; now: Date },
): Transition {
  const { register } = onFile(proofing.state);
  if (register?.status !== 'waiting' || register.requestId !== input.answer.requestId)
    return { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' };
  return during(proofing, input.now, ['portrait', 'register'], () => ({
    ...onFile(proofing.state),
    register: input.answer,
  }));
}

/** The register is still looking, or could not be asked: the case waits, and counts the try. */
export function keepWaiting(
  proofing: ProofingCase,
  input: { requestId: RowId; now: Date },
): Transition {
  const { register } = onFile(proofing.state);
  if (register?.status !== 'waiting' || register.requestId !== input.requestId)
    return { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' };
  return during(proofing, input.now, ['portrait', 'register'], () => ({
    ...onFile(proofing.state),
    register: { ...register, attempts: register.attempts + 1 },
  }));
}

/** The register's answer is too old to decide on: it is asked again, the officer stays. */
export function askRegisterAgain(
  proofing: ProofingCase,
  input: { requestId: RowId; now: Date },
): Transition {
  const again = during(proofing, input.now, ['review'], () => ({
    ...onFile(proofing.state),
    register: waitFor(input.requestId, input.now),
  }));
  return again.ok ? withWiped(again, STEPS.register.wipes) : again;
}

/** The applicant goes back to a step done before: what it gave is wiped, and what rested on it. Not once an officer has it. */
export function goBack(
  proofing: ProofingCase,
  input: { to: 'document' | 'portrait'; now: Date },
): Transition {
  if (proofing.officerId)
    return { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' };
  if (onFile(proofing.state)[input.to] === null && isOpen(proofing.state))
    return { ok: false, reason: 'wrong_step' };
  return returnTo(proofing, input.to, null, input.now);
}

/** The officer asks for a step to be done again, and why. */
export function askAgain(
  proofing: ProofingCase,
  input: { reason: AskAgainReason; now: Date },
): Transition {
  if (isOpen(proofing.state) && proofing.state.step !== 'review')
    return { ok: false, reason: 'wrong_step' };
  const to = input.reason === 'document_unclear' ? 'document' : 'portrait';
  return returnTo(proofing, to, input.reason, input.now);
}

/** An officer takes the case, or hands it back. */
export function assign(
  proofing: ProofingCase,
  input: { officerId: OfficerId | null; now: Date },
): Transition {
  const { state } = proofing;
  const open = requireOpen(proofing, input.now);
  if (!open.ok) return open;
  return { ok: true, change: { state, officerId: input.officerId, wiped: [] } };
}

/** The decision to approve could not bind: the case stays with the officers until that is settled. */
export function hold(proofing: ProofingCase, input: { reason: HoldReason; now: Date }): Transition {
  const { state } = proofing;
  const open = requireOpen(proofing, input.now);
  if (!open.ok) return open;
  if (state.step !== 'review') return { ok: false, reason: 'wrong_step' };
  const held = { ...state, hold: input.reason };
  return { ok: true, change: { state: held, officerId: proofing.officerId, wiped: [] } };
}

export type Closing =
  | { step: 'approved'; personId: PersonId }
  | { step: 'refused'; category: RefusalCategory }
  | { step: 'withdrawn' }
  | { step: 'expired' };

/** Ends a case. Only a review is decided; anything open may be withdrawn or expire, and nothing expires early. */
export function close(proofing: ProofingCase, closing: Closing, now: Date): Transition {
  const { state, officerId } = proofing;
  if (!isOpen(state)) return { ok: false, reason: 'closed' };
  const isDue = now >= proofing.expiresAt;
  if (closing.step === 'expired') {
    if (!isDue) return { ok: false, reason: 'wrong_step' };
  } else if (isDue) {
    return { ok: false, reason: 'expired' };
  } else if (closing.step !== 'withdrawn' && state.step !== 'review') {
    return { ok: false, reason: 'wrong_step' };
  }
  return {
    ok: true,
    change: { state: { ...closing, closedAt: now, file: onFile(state) }, officerId, wiped: [] },
  };
}

function requireOpen(
  proofing: ProofingCase,
  now: Date,
): { ok: true } | (Transition & { ok: false }) {
  if (!isOpen(proofing.state)) return { ok: false, reason: 'closed' };
  if (now >= proofing.expiresAt) return { ok: false, reason: 'expired' };
  return { ok: true };
}

function during(
  proofing: ProofingCase,
  now: Date,
  steps: readonly OpenState['step'][],
  change: () => OnFile,
): Transition {
  const open = requireOpen(proofing, now);
  if (!open.ok) return open;
  if (!steps.some((step) => step === proofing.state.step))
    return { ok: false, reason: 'wrong_step' };
  const file = change();
  const placed = placeCase(file, null, null);
  // What an officer asked for stands until that very step is done.
  const state =
    placed.step === proofing.state.step ? placeCase(file, askedOf(proofing.state), null) : placed;
  return { ok: true, change: { state, officerId: proofing.officerId, wiped: [] } };
}

function returnTo(
  proofing: ProofingCase,
  to: 'document' | 'portrait',
  asked: AskAgainReason | null,
  now: Date,
): Transition {
  const open = requireOpen(proofing, now);
  if (!open.ok) return open;
  const before = onFile(proofing.state);
  const wiped = STEPS[to].wipes.filter((fact) => before[fact] !== null);
  const kept = { ...before, ...Object.fromEntries(STEPS[to].wipes.map((fact) => [fact, null])) };
  const state = placeCase(kept, asked, null);
  return { ok: true, change: { state, officerId: asked ? proofing.officerId : null, wiped } };
}

function withWiped(transition: Transition & { ok: true }, wiped: readonly Fact[]): Transition {
  return { ok: true, change: { ...transition.change, wiped } };
}

function waitFor(requestId: RowId, now: Date): RegisterOnFile {
  return { status: 'waiting', requestId, since: now, attempts: 0 };
}

function askedOf(state: CaseState): AskAgainReason | null {
  return 'asked' in state ? state.asked : null;
}
