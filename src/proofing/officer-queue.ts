import { z } from 'zod';
import type { Db } from '../lib/database.ts';
import { CaseId } from '../lib/ids.ts';
import type { OfficerId } from '../lib/ids.ts';
import { onFile } from './case.ts';
import { caseReference } from './case-reference.ts';
import { isOpen } from './case-state.ts';
import type { HoldReason, OpenStep, Pathway, ProofingCase, RegisterFinding } from './case-state.ts';
import { findReviewReasons, listCases } from './case-store.ts';
import type { ProofingApp } from './proofing-app.ts';

/** Why a human decides; locale keys `proofing.attention.*`. */
export type AttentionReason =
  | 'face_comparison'
  | 'clone_check_unsupported'
  | 'register_contradicts'
  | 'register_no_record'
  | 'held'
  | 'second_officer'
  | 'for_child'
  | PolicyReason;

/** What the written policy adds (automatic-policy.ts). */
const POLICY_REASONS = [
  'register_notes',
  'birth_date_doubtful',
  'name_truncated',
  'picture_uploaded',
  'face_doubtful',
  'confirmation_differs',
  'register_unsteady',
] as const;
type PolicyReason = (typeof POLICY_REASONS)[number];

export interface CaseSummary {
  id: CaseId;
  reference: string;
  step: OpenStep;
  hold: HoldReason | null;
  pathway: Pathway;
  officerId: OfficerId | null;
  /** Since when everything that the applicant and the register give is there; else the last change. */
  waitingSince: Date;
  createdAt: Date;
  expiresAt: Date;
  version: number;
  registerFinding: RegisterFinding | null;
  cloneCheck: 'passed' | 'unsupported' | 'no_chip' | null;
  attentionReasons: AttentionReason[];
}

const MOST_LISTED = 200;

/**
 * Open cases, oldest first, one page after another: `next` of a page is the `after` of the one that follows, null at the
 * end. `steps` unless given: those that wait for an officer. A cursor that is none of ours starts from the front.
 */
export async function listOpenCases(
  db: Db,
  app: Pick<ProofingApp, 'clock'>,
  page: { after?: string | null; limit?: number; steps?: readonly OpenStep[] } = {},
): Promise<{ cases: CaseSummary[]; next: string | null }> {
  const limit = Math.min(MOST_LISTED, Math.max(1, page.limit ?? 50));
  const rows = await listCases(db, {
    steps: page.steps ?? ['review'],
    after: readCursor(page.after),
    limit: limit + 1,
  });
  const now = app.clock.now();
  const shown = rows.slice(0, limit);
  const reasons = await findReviewReasons(
    db,
    shown.map(({ proofing }) => proofing.id),
  );
  const last = shown.at(-1);
  return {
    // One that is overdue waits for the job that ends it, not for an officer.
    cases: shown
      .filter(({ proofing }) => now < proofing.expiresAt)
      .flatMap(({ proofing }) => summary(proofing, reasons.get(proofing.id) ?? [])),
    next: rows.length > limit && last ? writeCursor(last.place) : null,
  };
}

/** Why a case needs a human's eye: what is on file says, and what the policy found (`policy`). */
export function attentionReasons(
  proofing: ProofingCase,
  policy: readonly string[],
): AttentionReason[] {
  const { state } = proofing;
  const { document, register, portrait } = onFile(state);
  const finding = register?.status === 'answered' ? register.finding : null;
  const reasons: AttentionReason[] = [];
  if (state.step === 'review') {
    if (state.proposal) reasons.push('second_officer');
    else if (state.hold) reasons.push('held');
    else if (portrait) reasons.push('face_comparison');
  }
  if (document?.cloneCheck === 'unsupported') reasons.push('clone_check_unsupported');
  if (finding === 'contradicts') reasons.push('register_contradicts');
  if (finding === 'no_record') reasons.push('register_no_record');
  if (proofing.openedBy) reasons.push('for_child');
  return [...reasons, ...POLICY_REASONS.filter((reason) => policy.includes(reason))];
}

function summary(proofing: ProofingCase, policy: readonly string[]): CaseSummary[] {
  const { state } = proofing;
  if (!isOpen(state)) return [];
  const { document, register } = onFile(state);
  return [
    {
      id: proofing.id,
      reference: caseReference(proofing.id),
      step: state.step,
      hold: state.step === 'review' ? state.hold : null,
      pathway: proofing.pathway,
      officerId: proofing.officerId,
      waitingSince: waitingSince(proofing),
      createdAt: proofing.createdAt,
      expiresAt: proofing.expiresAt,
      version: proofing.version,
      registerFinding: register?.status === 'answered' ? register.finding : null,
      cloneCheck: document?.cloneCheck ?? null,
      attentionReasons: attentionReasons(proofing, policy),
    },
  ];
}

function waitingSince({ state, updatedAt }: ProofingCase): Date {
  if (state.step !== 'review') return updatedAt;
  const { portrait, code, face, register } = state;
  const holder = portrait?.takenAt ?? code?.at ?? face?.at ?? register.answeredAt;
  return holder > register.answeredAt ? holder : register.answeredAt;
}

/** As PostgreSQL writes an instant: what it would refuse to read is no cursor of ours. */
const PLACE =
  /^20\d\d-\d\d-\d\d ([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/;
const isDate = (text: string) => z.iso.date().safeParse(text).success;
const cursor = z.tuple([
  z.string().refine((text) => PLACE.test(text) && isDate(text.slice(0, 10))),
  z.string(),
]);

function writeCursor(place: { createdAt: string; id: CaseId }): string {
  return Buffer.from(JSON.stringify([place.createdAt, place.id])).toString('base64url');
}

function readCursor(text: string | null | undefined): { createdAt: string; id: CaseId } | null {
  if (!text) return null;
  try {
    const read = cursor.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    const id = CaseId.parse(read.data?.[1]);
    return read.success && id ? { createdAt: read.data[0], id } : null;
  } catch {
    return null;
  }
}
