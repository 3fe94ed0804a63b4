import type { AccountId, CaseId, DataKeyId, OfficerId, PersonId, RowId } from '../lib/ids.ts';
import { onFile, placeCase } from './case.ts';
import { isOpen } from './case-state.ts';
import type {
  AskAgainReason,
  CaseState,
  DocumentCheck,
  DocumentOnFile,
  DoneOnFile,
  HoldReason,
  OnFile,
  Pathway,
  Proposal,
  ProofingCase,
  RefusalCategory,
  RegisterFinding,
} from './case-state.ts';

/** The columns of a case. */
export const CASE_COLUMNS = [
  'id',
  'account_id',
  'data_key_id',
  'pathway',
  'step',
  'version',
  'document_examination_id',
  'document_check',
  'clone_check',
  'document_examined_at',
  'confirmation_examination_id',
  'confirmation_at',
  'second_document_examination_id',
  'second_document_at',
  'register_request_id',
  'register_asked_at',
  'register_attempts',
  'register_examination_id',
  'register_finding',
  'entry_photo_held',
  'register_answered_at',
  'portrait_examination_id',
  'portrait_taken_at',
  'code_examination_id',
  'code_at',
  'face_examination_id',
  'face_at',
  'sample_examination_id',
  'sample_at',
  'asked_again',
  'hold_reason',
  'proposed_by',
  'proposed_reason',
  'proposed_at',
  'officer_id',
  'assigned_at',
  'refusal_category',
  'person_id',
  'return_to',
  'consented_at',
  'biometric_consent_at',
  'sample_consented_at',
  'sample_withdrawn_at',
  'opened_by',
  'created_at',
  'updated_at',
  'expires_at',
  'closed_at',
] as const;

export type CaseRow = Record<(typeof CASE_COLUMNS)[number], unknown>;

/** What of a case may change. */
export function changing(proofing: ProofingCase) {
  const { state } = proofing;
  const file = onFile(state);
  const { document, register, portrait } = file;
  const proposal = state.step === 'review' ? state.proposal : null;
  const answered = register?.status === 'answered' ? register : null;
  const waiting = register?.status === 'waiting' ? register : null;
  return {
    step: state.step,
    version: proofing.version,
    document_examination_id: document?.examinationId ?? null,
    document_check: document?.check ?? null,
    clone_check: document?.cloneCheck ?? null,
    document_examined_at: document?.examinedAt ?? null,
    register_request_id: register?.requestId ?? null,
    register_asked_at: waiting?.since ?? null,
    register_attempts: waiting?.attempts ?? null,
    register_examination_id: answered?.examinationId ?? null,
    register_finding: answered?.finding ?? null,
    entry_photo_held: answered?.entryPhotoHeld ?? null,
    register_answered_at: answered?.answeredAt ?? null,
    portrait_examination_id: portrait?.examinationId ?? null,
    portrait_taken_at: portrait?.takenAt ?? null,
    confirmation_examination_id: file.confirmation?.examinationId ?? null,
    confirmation_at: file.confirmation?.at ?? null,
    second_document_examination_id: file.secondDocument?.examinationId ?? null,
    second_document_at: file.secondDocument?.at ?? null,
    code_examination_id: file.code?.examinationId ?? null,
    code_at: file.code?.at ?? null,
    face_examination_id: file.face?.examinationId ?? null,
    face_at: file.face?.at ?? null,
    sample_examination_id: file.sample?.examinationId ?? null,
    sample_at: file.sample?.at ?? null,
    proposed_by: proposal?.officerId ?? null,
    proposed_reason: proposal?.reason ?? null,
    proposed_at: proposal?.at ?? null,
    sample_consented_at: proofing.sampleConsent?.at ?? null,
    sample_withdrawn_at: proofing.sampleConsent?.withdrawnAt ?? null,
    asked_again: 'asked' in state ? state.asked : null,
    hold_reason: state.step === 'review' ? state.hold : null,
    officer_id: proofing.officerId,
    assigned_at: proofing.assignedAt,
    refusal_category: state.step === 'refused' ? state.category : null,
    person_id: state.step === 'approved' ? state.personId : null,
    updated_at: proofing.updatedAt,
    closed_at: isOpen(state) ? null : state.closedAt,
  };
}

/** A case as its row tells it. */
export function toCase(row: CaseRow): ProofingCase {
  return {
    id: row.id as CaseId,
    accountId: row.account_id as AccountId,
    dataKeyId: row.data_key_id as DataKeyId,
    pathway: row.pathway as Pathway,
    state: toState(row),
    version: row.version as number,
    officerId: row.officer_id as OfficerId | null,
    assignedAt: row.assigned_at as Date | null,
    returnTo: row.return_to as string | null,
    consentedAt: row.consented_at as Date,
    biometricConsentAt: row.biometric_consent_at as Date | null,
    sampleConsent: row.sample_consented_at
      ? { at: row.sample_consented_at as Date, withdrawnAt: row.sample_withdrawn_at as Date | null }
      : null,
    openedBy: row.opened_by as AccountId | null,
    createdAt: row.created_at as Date,
    updatedAt: row.updated_at as Date,
    expiresAt: row.expires_at as Date,
  };
}

function toState(row: CaseRow): CaseState {
  const ending = { closedAt: row.closed_at as Date, file: toFile(row) };
  switch (row.step as CaseState['step']) {
    case 'approved':
      return { ...ending, step: 'approved', personId: row.person_id as PersonId };
    case 'refused':
      return { ...ending, step: 'refused', category: row.refusal_category as RefusalCategory };
    case 'withdrawn':
      return { ...ending, step: 'withdrawn' };
    case 'expired':
      return { ...ending, step: 'expired' };
    default:
      return placeCase(row.pathway as Pathway, toFile(row), {
        asked: row.asked_again as AskAgainReason | null,
        hold: row.hold_reason as HoldReason | null,
        proposal: toProposal(row),
      });
  }
}

function toProposal(row: CaseRow): Proposal | null {
  if (!row.proposed_by) return null;
  return {
    officerId: row.proposed_by as OfficerId,
    reason: row.proposed_reason as string,
    at: row.proposed_at as Date,
  };
}

function toFile(row: CaseRow): OnFile {
  return {
    document: toDocument(row),
    confirmation: toDone(row.confirmation_examination_id, row.confirmation_at),
    secondDocument: toDone(row.second_document_examination_id, row.second_document_at),
    register: toRegister(row),
    portrait: row.portrait_examination_id
      ? {
          examinationId: row.portrait_examination_id as RowId,
          takenAt: row.portrait_taken_at as Date,
        }
      : null,
    code: toDone(row.code_examination_id, row.code_at),
    face: toDone(row.face_examination_id, row.face_at),
    sample: toDone(row.sample_examination_id, row.sample_at),
  };
}

function toDocument(row: CaseRow): DocumentOnFile | null {
  if (!row.document_examination_id) return null;
  return {
    examinationId: row.document_examination_id as RowId,
    check: row.document_check as DocumentCheck,
    cloneCheck: row.clone_check as DocumentOnFile['cloneCheck'],
    examinedAt: row.document_examined_at as Date,
  };
}

function toDone(examinationId: unknown, at: unknown): DoneOnFile | null {
  return examinationId ? { examinationId: examinationId as RowId, at: at as Date } : null;
}

function toRegister(row: CaseRow): OnFile['register'] {
  if (!row.register_request_id) return null;
  const requestId = row.register_request_id as RowId;
  if (row.register_examination_id)
    return {
      status: 'answered',
      requestId,
      examinationId: row.register_examination_id as RowId,
      finding: row.register_finding as RegisterFinding,
      entryPhotoHeld: row.entry_photo_held as boolean,
      answeredAt: row.register_answered_at as Date,
    };
  return {
    status: 'waiting',
    requestId,
    since: row.register_asked_at as Date,
    attempts: row.register_attempts as number,
  };
}
