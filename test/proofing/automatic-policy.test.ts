import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  AUTOMATIC_POLICY,
  judgeByPolicy,
  withPolicyTable,
} from '../../src/proofing/automatic-policy.ts';
import type { PolicyFacts } from '../../src/proofing/automatic-policy.ts';

const CHIP: PolicyFacts = {
  pathway: 'chip',
  blockers: [],
  cloneCheck: 'passed',
  register: 'agrees',
  registerNotes: 0,
  birthDateDoubtful: false,
  nameMayBeTruncated: false,
  confirmationAgrees: true,
  codeConfirmed: false,
  matcher: 'match',
  attackDetection: 'passed',
  held: false,
  seenByOfficer: false,
  forChild: false,
  planted: false,
  isWaiting: false,
  showsOneFace: true,
  capture: 'capture_page',
};
const PAGE: PolicyFacts = {
  ...CHIP,
  pathway: 'data_page',
  cloneCheck: 'not_attempted',
  matcher: 'not_run',
  attackDetection: 'left_to_officer',
  codeConfirmed: true,
};

describe('the written policy', () => {
  it.each([
    ['a chip that a matcher matched', CHIP],
    ['a data page with a code from the register', PAGE],
  ])('approves %s where nothing is in doubt', (_, facts) => {
    expect(judgeByPolicy(facts)).toEqual({ approves: true });
  });

  it.each<[string, PolicyFacts, Partial<PolicyFacts>]>([
    ['face_comparison', CHIP, { matcher: 'not_run' }],
    ['face_comparison', CHIP, { matcher: 'no_match' }],
    ['attack_detection', CHIP, { attackDetection: 'left_to_officer' }],
    ['attack_detection', CHIP, { attackDetection: 'failed' }],
    ['clone_check_unsupported', CHIP, { cloneCheck: 'unsupported' }],
    ['register_no_record', CHIP, { register: 'no_record' }],
    ['register_contradicts', CHIP, { register: 'contradicts' }],
    ['register_notes', CHIP, { registerNotes: 1 }],
    ['birth_date_doubtful', CHIP, { birthDateDoubtful: true }],
    ['name_truncated', CHIP, { nameMayBeTruncated: true }],
    ['face_doubtful', CHIP, { showsOneFace: false }],
    ['picture_uploaded', CHIP, { capture: 'uploaded' }],
    ['held', CHIP, { held: true }],
    ['seen_by_officer', CHIP, { seenByOfficer: true }],
    ['for_child', CHIP, { forChild: true }],
    ['drawn', CHIP, { planted: true }],
    ['blocked', CHIP, { blockers: ['document_expired'] }],
    ['counter', CHIP, { pathway: 'counter' }],
    ['face_comparison', PAGE, { codeConfirmed: false }],
    ['confirmation_differs', PAGE, { confirmationAgrees: false }],
  ])('leaves a case to an officer for %s', (reason, facts, change) => {
    const judged = judgeByPolicy({ ...facts, ...change });
    expect(judged).toEqual({ approves: false, reasons: [reason] });
  });

  it('tries every one of its rules here', () => {
    expect(new Set(AUTOMATIC_POLICY.map(({ reason }) => reason)).size).toBe(17);
  });

  it('is what docs/automatic-decisions.md says', () => {
    const document = readFileSync('docs/automatic-decisions.md', 'utf8');
    expect(withPolicyTable(document)).toBe(document);
  });
});
