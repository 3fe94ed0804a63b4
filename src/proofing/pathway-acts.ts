import type { RowId } from '../lib/ids.ts';
import { asksFrom, during, onFile, placeCase, requireOpen } from './case.ts';
import type { Transition } from './case.ts';
import { isOpen } from './case-state.ts';
import type { DoneOnFile, Fact, Proposal, ProofingCase } from './case-state.ts';

/** Data page: the holder compared what was read with what is printed; the register is asked from here on. */
export function confirmDocument(
  proofing: ProofingCase,
  input: { confirmation: DoneOnFile; requestId: RowId; now: Date },
): Transition {
  return during(proofing, input.now, ['confirmation'], () => ({
    ...onFile(proofing.state),
    confirmation: input.confirmation,
    register: asksFrom(proofing, 'confirmation', input),
  }));
}

/** Data page: the code that went to the register's address came back. Only a register that agrees has an address to use. */
export function confirmCode(
  proofing: ProofingCase,
  input: { code: DoneOnFile; now: Date },
): Transition {
  const { register } = onFile(proofing.state);
  if (proofing.pathway !== 'data_page' || register?.status !== 'answered')
    return { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' };
  return during(proofing, input.now, ['portrait'], () => ({
    ...onFile(proofing.state),
    code: input.code,
  }));
}

/** Counter: the officer inspected a second document. */
export function acceptSecondDocument(
  proofing: ProofingCase,
  input: { secondDocument: DoneOnFile; now: Date },
): Transition {
  return during(proofing, input.now, ['second_document'], () => ({
    ...onFile(proofing.state),
    secondDocument: input.secondDocument,
  }));
}

/** Counter: the officer saw that the person present is the one on the document. */
export function compareFace(
  proofing: ProofingCase,
  input: { face: DoneOnFile; now: Date },
): Transition {
  return during(proofing, input.now, ['face'], () => ({
    ...onFile(proofing.state),
    face: input.face,
  }));
}

/** Counter: a biometric sample was taken, after the face and with the holder's standing consent. What was proposed falls. */
export function keepSample(
  proofing: ProofingCase,
  input: { sample: DoneOnFile; now: Date },
): Transition {
  const { sampleConsent, pathway } = proofing;
  if (pathway !== 'counter' || !sampleConsent || sampleConsent.withdrawnAt)
    return { ok: false, reason: isOpen(proofing.state) ? 'wrong_step' : 'closed' };
  return during(proofing, input.now, ['register', 'review'], () => ({
    ...onFile(proofing.state),
    sample: input.sample,
  }));
}

/** The holder takes the consent to the sample back: it goes off file, and what rested on it. */
export function dropSample(proofing: ProofingCase, now: Date): Transition {
  const open = requireOpen(proofing, now);
  if (!open.ok) return open;
  const file = onFile(proofing.state);
  const wiped: Fact[] = file.sample ? ['sample'] : [];
  const state = placeCase(proofing.pathway, { ...file, sample: null });
  return { ok: true, change: { state, officerId: proofing.officerId, wiped } };
}

/** One officer would approve; a second one must confirm. */
export function propose(
  proofing: ProofingCase,
  input: { proposal: Proposal; now: Date },
): Transition {
  const open = requireOpen(proofing, input.now);
  if (!open.ok) return open;
  if (proofing.state.step !== 'review') return { ok: false, reason: 'wrong_step' };
  const state = { ...proofing.state, proposal: input.proposal };
  return { ok: true, change: { state, officerId: proofing.officerId, wiped: [] } };
}
