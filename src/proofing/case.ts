import type { OfficerId, PersonId, RowId } from '../lib/ids.ts';
import { isOpen } from './case-state.ts';
import type {
  AskAgainReason,
  CaseState,
  DocumentOnFile,
  Fact,
  HoldReason,
  OnFile,
  OpenState,
  OpenStep,
  Pathway,
  PortraitOnFile,
  Proposal,
  ProofingCase,
  RefusalCategory,
  RegisterAnswered,
  RegisterOnFile,
} from './case-state.ts';
import { REGISTER_ASKED_FROM, stepRule, stepsOf } from './pathways.ts';

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

interface Standing {
  asked: AskAgainReason | null;
  hold: HoldReason | null;
  proposal: Proposal | null;
}
const NOTHING_SAID: Standing = { asked: null, hold: null, proposal: null };

/** The step at which a case with this on file stands: the first of its pathway whose result is missing. */
export function placeCase(
  pathway: Pathway,
  file: OnFile,
  { asked, hold, proposal }: Standing = NOTHING_SAID,
): OpenState {
  const { document, register } = file;
  const next = stepsOf(pathway, file).find(
    ({ gives }) => gives.length > 0 && !gives.some((fact) => isDone(file, fact)),
  );
  if (next && next.step !== 'review') return { ...file, step: next.step, asked };
  if (!document || register?.status !== 'answered')
    throw new Error('A pathway leads to a review without document or register.');
  return { ...file, step: 'review', document, register, hold, proposal };
}

/** A question that waits for its answer is on file, and nothing is done by it. */
function isDone(file: OnFile, fact: Fact): boolean {
  return fact === 'register' ? file.register?.status === 'answered' : file[fact] !== null;
}

export function onFile(state: CaseState): OnFile {
  const found: OnFile = isOpen(state) ? state : state.file;
  const { document, confirmation, secondDocument, register, portrait, code, face, sample } = found;
  return { document, confirmation, secondDocument, register, portrait, code, face, sample };
}

/**
 * The document was examined and accepted; unless its holder must confirm it first, the register is asked from here on. One that
 * is not confirmed yet is replaced by another.
 */
export function acceptDocument(
  proofing: ProofingCase,
  input: { document: DocumentOnFile; requestId: RowId; now: Date },
): Transition {
  const before = onFile(proofing.state);
  const accepted = during(proofing, input.now, ['document', 'confirmation'], () => ({
    ...before,
    document: input.document,
    register: asksFrom(proofing, 'document', input),
  }));
  return accepted.ok && before.document ? withWiped(accepted, ['document']) : accepted;
}

export function asksFrom(
  proofing: ProofingCase,
  fact: Fact,
  input: { requestId: RowId; now: Date },
): RegisterOnFile | null {
  const isAsked = REGISTER_ASKED_FROM[proofing.pathway] === fact;
  return isAsked ? waitFor(input.requestId, input.now) : onFile(proofing.state).register;
}

/** The steps at which the register may be answering; the confirmation and the document come before the question. */
const WHILE_ASKED = ['second_document', 'portrait', 'face', 'register'] as const;

/** A live portrait was taken and is good enough to be looked at. */
export function takePortrait(
  proofing: ProofingCase,
  input: { portrait: PortraitOnFile; now: Date },
): Transition {
  if (isOpen(proofing.state) && !proofing.biometricConsentAt)
    return { ok: false, reason: 'wrong_step' };
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
  return during(proofing, input.now, WHILE_ASKED, () => ({
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
  return during(proofing, input.now, WHILE_ASKED, () => ({
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
  return again.ok ? withWiped(again, ['register']) : again;
}

/**
 * Goes back to a step done before: what it gave is wiped, and what rested on it. An applicant may as long as no officer has
 * the case, and to their own steps alone; at a counter the officer does it.
 */
export function goBack(
  proofing: ProofingCase,
  input: { to: OpenStep; by?: 'applicant' | 'officer'; now: Date },
): Transition {
  const by = input.by ?? 'applicant';
  const wrong = { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' } as const;
  const rule = stepRule(proofing.pathway, input.to);
  if (rule?.by !== by || (by === 'applicant' && proofing.officerId)) return wrong;
  const file = onFile(proofing.state);
  if (isOpen(proofing.state) && !rule.gives.some((fact) => file[fact] !== null)) return wrong;
  const back = returnTo(proofing, input.to, null, input.now);
  if (!back.ok || by === 'applicant') return back;
  return { ok: true, change: { ...back.change, officerId: proofing.officerId } };
}

/** The officer asks for a step to be done again, and why. At a counter there is nobody to ask: one goes back. */
export function askAgain(
  proofing: ProofingCase,
  input: { reason: AskAgainReason; now: Date },
): Transition {
  if (isOpen(proofing.state) && proofing.state.step !== 'review')
    return { ok: false, reason: 'wrong_step' };
  const to = input.reason === 'document_unclear' ? 'document' : 'portrait';
  if (stepRule(proofing.pathway, to)?.by !== 'applicant')
    return { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' };
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

/**
 * Ends a case. Only a review is decided, but that a counter may turn away at any step; anything open may be withdrawn
 * or expire, and nothing expires early.
 */
export function close(proofing: ProofingCase, closing: Closing, now: Date): Transition {
  const { state, officerId } = proofing;
  if (!isOpen(state)) return { ok: false, reason: 'closed' };
  const isDue = now >= proofing.expiresAt;
  if (closing.step === 'expired') {
    if (!isDue) return { ok: false, reason: 'wrong_step' };
  } else if (isDue) {
    return { ok: false, reason: 'expired' };
  } else if (closing.step !== 'withdrawn' && state.step !== 'review') {
    // The officer at a counter need not go on with somebody whose papers or face do not hold.
    const isTurnedAway = closing.step === 'refused' && proofing.pathway === 'counter';
    if (!isTurnedAway) return { ok: false, reason: 'wrong_step' };
  }
  return {
    ok: true,
    change: { state: { ...closing, closedAt: now, file: onFile(state) }, officerId, wiped: [] },
  };
}

export function requireOpen(
  proofing: ProofingCase,
  now: Date,
): { ok: true } | (Transition & { ok: false }) {
  if (!isOpen(proofing.state)) return { ok: false, reason: 'closed' };
  if (now >= proofing.expiresAt) return { ok: false, reason: 'expired' };
  return { ok: true };
}

export function during(
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
  const { pathway } = proofing;
  const placed = placeCase(pathway, file);
  // What an officer asked for stands until that very step is done.
  const state =
    placed.step === proofing.state.step
      ? placeCase(pathway, file, { ...NOTHING_SAID, asked: askedOf(proofing.state) })
      : placed;
  return { ok: true, change: { state, officerId: proofing.officerId, wiped: [] } };
}

function returnTo(
  proofing: ProofingCase,
  to: OpenStep,
  asked: AskAgainReason | null,
  now: Date,
): Transition {
  const open = requireOpen(proofing, now);
  if (!open.ok) return open;
  const before = onFile(proofing.state);
  const stale = stepRule(proofing.pathway, to)?.wipes ?? [];
  const wiped = stale.filter((fact) => before[fact] !== null);
  const kept = { ...before, ...Object.fromEntries(stale.map((fact) => [fact, null])) };
  const state = placeCase(proofing.pathway, kept, { ...NOTHING_SAID, asked });
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
