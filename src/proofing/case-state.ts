import type { AccountId, CaseId, DataKeyId, OfficerId, PersonId, RowId } from '../lib/ids.ts';

/** How the person proves who they are. The counter and the data page are shaped here; only `chip` is open today. */
export type Pathway = 'chip' | 'data_page' | 'counter';
export const OPEN_PATHWAYS: readonly Pathway[] = ['chip'];

/** The document as examined: accepted, or it would not be on file. Its facts are encrypted evidence. */
export interface DocumentOnFile {
  examinationId: RowId;
  /** `unsupported`: the chip has no key of its own; an officer must compensate (DESIGN section 3). */
  cloneCheck: 'passed' | 'unsupported';
  examinedAt: Date;
}

export interface PortraitOnFile {
  examinationId: RowId;
  takenAt: Date;
}

/** The register has not answered yet, or said that it is still looking. The question keeps its id over all tries. */
export interface RegisterWaiting {
  status: 'waiting';
  requestId: RowId;
  since: Date;
  attempts: number;
}

/** `no_record`: the register knows no such document, which contradicts nothing and confirms nothing. */
export type RegisterFinding = 'agrees' | 'contradicts' | 'no_record';

export interface RegisterAnswered {
  status: 'answered';
  requestId: RowId;
  examinationId: RowId;
  finding: RegisterFinding;
  entryPhotoHeld: boolean;
  answeredAt: Date;
}

export type RegisterOnFile = RegisterWaiting | RegisterAnswered;

/** Why an officer sent the applicant back to a step. */
export type AskAgainReason = 'portrait_unclear' | 'portrait_not_live' | 'document_unclear';

/** What stops an approved case from binding (registry/enrol-person.ts): somebody must settle it first. */
export type HoldReason = 'document_on_record' | 'account_enrolled' | 'id_closed';

/** All that is said to somebody who is not proven: never which attribute failed (DESIGN section 9). */
export type RefusalCategory = 'identity_not_confirmed' | 'document_not_accepted';

interface Examined {
  document: DocumentOnFile;
  register: RegisterOnFile;
}

/** A case still under way. Which step it is at follows from what is on file (`placeCase`). */
export type OpenState =
  | { step: 'document'; asked: AskAgainReason | null }
  | ({ step: 'portrait'; asked: AskAgainReason | null } & Examined)
  | {
      step: 'register';
      document: DocumentOnFile;
      register: RegisterWaiting;
      portrait: PortraitOnFile;
    }
  | ReviewState;

export interface ReviewState {
  step: 'review';
  document: DocumentOnFile;
  register: RegisterAnswered;
  portrait: PortraitOnFile;
  hold: HoldReason | null;
}

/** What is on file, whatever the step. */
export interface OnFile {
  document: DocumentOnFile | null;
  register: RegisterOnFile | null;
  portrait: PortraitOnFile | null;
}

/** How a case ended; `file` is what was on file then, so that the decision can be shown again. */
export type ClosedState = { closedAt: Date; file: OnFile } & (
  | { step: 'approved'; personId: PersonId }
  | { step: 'refused'; category: RefusalCategory }
  | { step: 'withdrawn' }
  | { step: 'expired' }
);

export type CaseState = OpenState | ClosedState;
export type CaseStep = CaseState['step'];
export type OpenStep = OpenState['step'];

/** One proofing: who, how far, until when. */
export interface ProofingCase {
  id: CaseId;
  accountId: AccountId;
  dataKeyId: DataKeyId;
  pathway: Pathway;
  state: CaseState;
  /** Grows with every change: whoever acts on an older one is refused. */
  version: number;
  /** Who reviews it. */
  officerId: OfficerId | null;
  assignedAt: Date | null;
  /** A path of ours to go on to once it is decided; opaque to us. */
  returnTo: string | null;
  consentedAt: Date;
  biometricConsentAt: Date;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
}

export function isOpen(state: CaseState): state is OpenState {
  return STEP_ORDER.some((step) => step === state.step);
}

/** The order in which an applicant meets the steps; the register is asked meanwhile, from the document on. */
export const STEP_ORDER = [
  'document',
  'portrait',
  'register',
  'review',
] as const satisfies readonly OpenStep[];
