import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/lib/clock.ts';
import { PersonId } from '../../src/lib/ids.ts';
import {
  acceptDocument,
  answerRegister,
  askAgain,
  askRegisterAgain,
  assign,
  close,
  goBack,
  hold,
  keepWaiting,
  onFile,
  placeCase,
  takePortrait,
} from '../../src/proofing/case.ts';
import type { Transition } from '../../src/proofing/case.ts';
import { PATHWAY_STEPS } from '../../src/proofing/pathways.ts';
import type { ClosedState, ProofingCase } from '../../src/proofing/case-state.ts';
import {
  ANSWERED,
  DOCUMENT,
  FILES,
  NOW,
  OFFICER,
  OTHER_REQUEST,
  PORTRAIT,
  REQUEST,
  WAITING,
  caseAt,
} from './cases.ts';
import type { FileName } from './cases.ts';

const personId = PersonId.parse('018f0000-0000-7000-8000-0000000000ff')!;
const LATER = addSeconds(NOW, 60);

const ACTS: Record<string, (proofing: ProofingCase, now?: Date) => Transition> = {
  acceptDocument: (proofing, now = LATER) =>
    acceptDocument(proofing, { document: DOCUMENT, requestId: REQUEST, now }),
  takePortrait: (proofing, now = LATER) => takePortrait(proofing, { portrait: PORTRAIT, now }),
  answerRegister: (proofing, now = LATER) => answerRegister(proofing, { answer: ANSWERED, now }),
  keepWaiting: (proofing, now = LATER) => keepWaiting(proofing, { requestId: REQUEST, now }),
  askRegisterAgain: (proofing, now = LATER) =>
    askRegisterAgain(proofing, { requestId: OTHER_REQUEST, now }),
  backToDocument: (proofing, now = LATER) => goBack(proofing, { to: 'document', now }),
  backToPortrait: (proofing, now = LATER) => goBack(proofing, { to: 'portrait', now }),
  askPortrait: (proofing, now = LATER) => askAgain(proofing, { reason: 'portrait_unclear', now }),
  askDocument: (proofing, now = LATER) => askAgain(proofing, { reason: 'document_unclear', now }),
  assign: (proofing, now = LATER) => assign(proofing, { officerId: OFFICER, now }),
  hold: (proofing, now = LATER) => hold(proofing, { reason: 'document_on_record', now }),
  approve: (proofing, now = LATER) => close(proofing, { step: 'approved', personId }, now),
  refuse: (proofing, now = LATER) =>
    close(proofing, { step: 'refused', category: 'identity_not_confirmed' }, now),
  withdraw: (proofing, now = LATER) => close(proofing, { step: 'withdrawn' }, now),
};

/** The whole machine: what each act makes of each situation; `-` is refused as the wrong step. */
const MACHINE: Record<keyof typeof ACTS, Record<FileName, string>> = {
  acceptDocument: {
    document: 'portrait',
    portrait: '-',
    portrait_answered: '-',
    register: '-',
    review: '-',
  },
  takePortrait: {
    document: '-',
    portrait: 'register',
    portrait_answered: 'review',
    register: '-',
    review: '-',
  },
  answerRegister: {
    document: '-',
    portrait: 'portrait',
    portrait_answered: '-',
    register: 'review',
    review: '-',
  },
  keepWaiting: {
    document: '-',
    portrait: 'portrait',
    portrait_answered: '-',
    register: 'register',
    review: '-',
  },
  askRegisterAgain: {
    document: '-',
    portrait: '-',
    portrait_answered: '-',
    register: '-',
    review: 'register',
  },
  backToDocument: {
    document: '-',
    portrait: 'document',
    portrait_answered: 'document',
    register: 'document',
    review: 'document',
  },
  backToPortrait: {
    document: '-',
    portrait: '-',
    portrait_answered: '-',
    register: 'portrait',
    review: 'portrait',
  },
  askPortrait: {
    document: '-',
    portrait: '-',
    portrait_answered: '-',
    register: '-',
    review: 'portrait',
  },
  askDocument: {
    document: '-',
    portrait: '-',
    portrait_answered: '-',
    register: '-',
    review: 'document',
  },
  assign: {
    document: 'document',
    portrait: 'portrait',
    portrait_answered: 'portrait',
    register: 'register',
    review: 'review',
  },
  hold: { document: '-', portrait: '-', portrait_answered: '-', register: '-', review: 'review' },
  approve: {
    document: '-',
    portrait: '-',
    portrait_answered: '-',
    register: '-',
    review: 'approved',
  },
  refuse: {
    document: '-',
    portrait: '-',
    portrait_answered: '-',
    register: '-',
    review: 'refused',
  },
  withdraw: {
    document: 'withdrawn',
    portrait: 'withdrawn',
    portrait_answered: 'withdrawn',
    register: 'withdrawn',
    review: 'withdrawn',
  },
};

const told = (transition: Transition) =>
  transition.ok
    ? transition.change.state.step
    : transition.reason === 'wrong_step'
      ? '-'
      : transition.reason;

describe('the case', () => {
  it.each(Object.keys(ACTS))('allows %s where its step has come, and nowhere else', (act) => {
    const found = Object.fromEntries(
      Object.keys(FILES).map((file) => [file, told(ACTS[act]!(caseAt(file as FileName)))]),
    );
    expect(found).toEqual(MACHINE[act]);
  });

  it.each(Object.keys(ACTS))('refuses %s once the case is over', (act) => {
    const over = { closedAt: NOW, file: FILES.review };
    const endings: ClosedState[] = [
      { ...over, step: 'approved', personId },
      { ...over, step: 'refused', category: 'identity_not_confirmed' },
      { ...over, step: 'withdrawn' },
      { closedAt: NOW, file: FILES.register, step: 'expired' },
    ];
    for (const ending of endings)
      expect(ACTS[act]!(caseAt(ending))).toEqual({ ok: false, reason: 'closed' });
  });

  it.each(Object.keys(ACTS))('refuses %s on and after the last day', (act) => {
    for (const file of Object.keys(FILES) as FileName[]) {
      const proofing = caseAt(file);
      const result = ACTS[act]!(proofing, proofing.expiresAt);
      expect([file, told(result)]).toEqual([
        file,
        MACHINE[act]![file] === '-' ? told(result) : 'expired',
      ]);
      expect(result.ok).toBe(false);
    }
  });

  it('needs for each step what its table says, and nothing that comes later', () => {
    for (const { needs } of PATHWAY_STEPS.chip)
      for (const fact of needs) {
        const file = { ...FILES.review, [fact]: null };
        expect(placeCase('chip', file).step).not.toBe('review');
      }
    expect(placeCase('chip', FILES.review).step).toBe('review');
  });
});

describe('going back', () => {
  it('wipes the step and all that rested on it', () => {
    const back = goBack(caseAt('review'), { to: 'document', now: LATER });
    expect(back).toMatchObject({
      ok: true,
      change: { state: { step: 'document' }, wiped: ['document', 'register', 'portrait'] },
    });
  });

  it('keeps the document and the register when only the portrait is taken again', () => {
    const back = goBack(caseAt('review'), { to: 'portrait', now: LATER });
    expect(back.ok && onFile(back.change.state)).toEqual(FILES.portrait_answered);
    expect(back.ok && back.change.wiped).toEqual(['portrait']);
  });

  it('wipes only what was there', () => {
    const back = goBack(caseAt('portrait'), { to: 'document', now: LATER });
    expect(back.ok && back.change.wiped).toEqual(['document', 'register']);
  });

  it('is over once an officer has the case', () => {
    const assigned = caseAt('review', { officerId: OFFICER, assignedAt: NOW });
    expect(goBack(assigned, { to: 'portrait', now: LATER })).toEqual({
      ok: false,
      reason: 'wrong_step',
    });
  });

  it('shows what the officer asked for until that very step is done', () => {
    const asked = askAgain(caseAt('review', { officerId: OFFICER, assignedAt: NOW }), {
      reason: 'portrait_not_live',
      now: LATER,
    });
    expect(asked.ok && asked.change).toMatchObject({
      state: { step: 'portrait', asked: 'portrait_not_live' },
      officerId: OFFICER,
    });
    if (!asked.ok) return;
    const again = caseAt(asked.change.state);
    const taken = takePortrait(again, { portrait: PORTRAIT, now: LATER });
    expect(taken.ok && taken.change.state).toMatchObject({ step: 'review' });
  });
});

describe('the register', () => {
  it('answers while the portrait is still to be taken', () => {
    const answered = answerRegister(caseAt('portrait'), { answer: ANSWERED, now: LATER });
    expect(answered.ok && onFile(answered.change.state)).toEqual(FILES.portrait_answered);
  });

  it('is not believed about a question that is no longer asked', () => {
    const other = { ...ANSWERED, requestId: OTHER_REQUEST };
    expect(answerRegister(caseAt('register'), { answer: other, now: LATER }).ok).toBe(false);
    expect(keepWaiting(caseAt('register'), { requestId: OTHER_REQUEST, now: LATER }).ok).toBe(
      false,
    );
  });

  it('counts its tries and keeps the same question', () => {
    const kept = keepWaiting(caseAt('register'), { requestId: REQUEST, now: LATER });
    expect(kept.ok && onFile(kept.change.state).register).toEqual({ ...WAITING, attempts: 1 });
  });

  it('is asked anew when its word is too old, and the officer keeps the case', () => {
    const again = askRegisterAgain(caseAt('review', { officerId: OFFICER, assignedAt: NOW }), {
      requestId: OTHER_REQUEST,
      now: LATER,
    });
    expect(again.ok && again.change).toMatchObject({
      state: { step: 'register', register: { status: 'waiting', requestId: OTHER_REQUEST } },
      officerId: OFFICER,
      wiped: ['register'],
    });
  });
});

describe('the end', () => {
  it('expires on its day, not before', () => {
    const proofing = caseAt('portrait');
    expect(close(proofing, { step: 'expired' }, LATER).ok).toBe(false);
    expect(close(proofing, { step: 'expired' }, proofing.expiresAt).ok).toBe(true);
  });

  it('keeps what was on file, so that the decision can be shown again', () => {
    const approved = close(caseAt('review'), { step: 'approved', personId }, LATER);
    expect(approved.ok && onFile(approved.change.state)).toEqual(FILES.review);
  });

  it('holds what could not be bound, and lets it be decided again', () => {
    const held = hold(caseAt('review'), { reason: 'document_on_record', now: LATER });
    if (!held.ok) throw new Error('not held');
    const again = close(caseAt(held.change.state), { step: 'approved', personId }, LATER);
    expect(again.ok).toBe(true);
  });
});
