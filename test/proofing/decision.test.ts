import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/lib/clock.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import {
  DECISION_KINDS,
  DECISION_REASONS,
  REGISTER_FRESH_SECONDS,
  approvalBlockers,
  reasonsOf,
  standingBlockers,
} from '../../src/proofing/decision.ts';
import type { ApprovalBlocker, DecisionReason, DocumentNow } from '../../src/proofing/decision.ts';
import { ANSWERED, DOCUMENT, FILES, NOW, OFFICER, caseAt } from './cases.ts';
import type { ProofingCase } from '../../src/proofing/case-state.ts';

const GENUINE: DocumentNow = { outcome: 'genuine', cloneCheck: 'passed', expired: false };

function reviewWith(register: Partial<typeof ANSWERED>): ProofingCase {
  return caseAt({
    ...FILES.review,
    step: 'review',
    document: DOCUMENT,
    register: { ...ANSWERED, ...register },
    hold: null,
    proposal: null,
  });
}

function blockers(given: {
  proofing?: ProofingCase;
  reason?: DecisionReason;
  document?: Partial<DocumentNow>;
  officerId?: OfficerId;
  now?: Date;
}): ApprovalBlocker[] {
  return approvalBlockers({
    proofing: given.proofing ?? caseAt('review'),
    officerId: given.officerId ?? OFFICER,
    reason: given.reason ?? 'face_matches',
    document: { ...GENUINE, ...given.document },
    now: given.now ?? NOW,
  });
}

describe('approving', () => {
  it('finds nothing against a genuine chip, a fresh agreeing register and a portrait', () => {
    expect(blockers({})).toEqual([]);
  });

  it.each<[string, Parameters<typeof blockers>[0], ApprovalBlocker]>([
    ['one’s own case', { officerId: OfficerId.parse(caseAt('review').accountId)! }, 'own_case'],
    ['before the review', { proofing: caseAt('register') }, 'not_in_review'],
    ['after the last day', { now: caseAt('review').expiresAt }, 'case_expired'],
    ['a signer revoked since', { document: { outcome: 'rejected' } }, 'document_not_genuine'],
    [
      'an anchor withdrawn since',
      { document: { outcome: 'unverifiable' } },
      'document_not_genuine',
    ],
    ['a passport expired since', { document: { expired: true } }, 'document_expired'],
    ['a failed clone check', { document: { cloneCheck: 'failed' } }, 'clone_check_failed'],
    ['an unasked chip', { document: { cloneCheck: 'not_attempted' } }, 'clone_check_failed'],
    [
      'a chip without key',
      { document: { cloneCheck: 'unsupported' } },
      'clone_check_uncompensated',
    ],
    [
      'a contradiction',
      { proofing: reviewWith({ finding: 'contradicts' }) },
      'register_contradicts',
    ],
    ['an old answer', { now: addSeconds(NOW, REGISTER_FRESH_SECONDS) }, 'register_stale'],
  ])('is blocked by %s', (_, given, blocker) => {
    expect(blockers(given)).toContain(blocker);
  });

  it('compensates a chip without key by the entry photo, where the register holds one', () => {
    const document = { cloneCheck: 'unsupported' } as const;
    const reason = 'face_and_entry_photo_match';
    expect(blockers({ document, reason })).toEqual([]);
    const without = reviewWith({ entryPhotoHeld: false });
    expect(blockers({ document, reason, proofing: without })).toEqual([
      'clone_check_uncompensated',
    ]);
  });

  it('is not hindered by a register without a record, nor by the visa or the stay', () => {
    expect(blockers({ proofing: reviewWith({ finding: 'no_record' }) })).toEqual([]);
  });

  it('shows beforehand what stands against it whatever the chip', () => {
    expect(standingBlockers(caseAt('review'), NOW)).toEqual([]);
    expect(standingBlockers(reviewWith({ finding: 'contradicts' }), NOW)).toEqual([
      'register_contradicts',
    ]);
    expect(standingBlockers(caseAt('portrait'), NOW)).toEqual(['not_in_review']);
  });
});

it('offers every reason under exactly one decision', () => {
  const offered = DECISION_KINDS.flatMap((kind) => reasonsOf(kind));
  expect(offered.toSorted()).toEqual(Object.keys(DECISION_REASONS).toSorted());
});
