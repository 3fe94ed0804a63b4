import type { AccountId, CaseId, DataKeyId, OfficerId, PersonId, RowId } from '../lib/ids.ts';
import type { Enrolment } from '../registry/enrol-person.ts';

/**
 * How the person proves who they are: the chip of a passport, read by a phone · a photo of the data page, IAL1 · an
 * officer at a counter, with the person present.
 */
export type Pathway = 'chip' | 'data_page' | 'counter';
export const PATHWAYS = ['chip', 'data_page', 'counter'] as const satisfies readonly Pathway[];

/** How the document was examined. `inspected`: by an officer's hands. */
export type DocumentCheck = 'chip' | 'data_page' | 'inspected';

/** The document as examined: accepted, or it would not be on file. Its facts are encrypted evidence. */
export interface DocumentOnFile {
  examinationId: RowId;
  check: DocumentCheck;
  /**
   * `unsupported`: the chip has no key of its own; an officer must compensate (DESIGN section 3). `no_chip`: none was read.
   */
  cloneCheck: 'passed' | 'unsupported' | 'no_chip';
  examinedAt: Date;
}

export interface PortraitOnFile {
  examinationId: RowId;
  takenAt: Date;
}

/** Anything else that was done once: what was found is in its examination. */
export interface DoneOnFile {
  examinationId: RowId;
  at: Date;
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
export type HoldReason = Exclude<(Enrolment & { ok: false })['reason'], 'assurance_too_low'>;

/** All that is said to somebody who is not proven: never which attribute failed (DESIGN section 9). */
export type RefusalCategory = 'identity_not_confirmed' | 'document_not_accepted';

/** What is on file, whatever the step. Which of it a pathway needs: pathways.ts. */
export interface OnFile {
  document: DocumentOnFile | null;
  /** Data page: the holder says that what was read is what is printed. */
  confirmation: DoneOnFile | null;
  /** Counter, without a chip: the second document that the officer inspected. */
  secondDocument: DoneOnFile | null;
  register: RegisterOnFile | null;
  /** A live picture, taken remotely. */
  portrait: PortraitOnFile | null;
  /** Data page: a code came back from the address that the register holds. */
  code: DoneOnFile | null;
  /** Counter: the officer compared the face in person. */
  face: DoneOnFile | null;
  /** Counter, for IAL3 alone: a biometric sample is kept, with consent. */
  sample: DoneOnFile | null;
}

/** What steps put on file. */
export type Fact = keyof OnFile;

export const NOTHING_ON_FILE: OnFile = {
  document: null,
  confirmation: null,
  secondDocument: null,
  register: null,
  portrait: null,
  code: null,
  face: null,
  sample: null,
};

/** The steps that a case may be at while it is open; which of them, and in what order, its pathway says. */
export const OPEN_STEPS = [
  'document',
  'confirmation',
  'second_document',
  'portrait',
  'face',
  'register',
  'review',
] as const;
export type OpenStep = (typeof OPEN_STEPS)[number];

/** A case still under way. Which step it is at follows from what is on file (`placeCase`). */
export type OpenState = StepState | ReviewState;

export interface StepState extends OnFile {
  step: Exclude<OpenStep, 'review'>;
  asked: AskAgainReason | null;
}

export interface ReviewState extends OnFile {
  step: 'review';
  document: DocumentOnFile;
  register: RegisterAnswered;
  hold: HoldReason | null;
  proposal: Proposal | null;
}

/** One officer would approve, and a second one must confirm it. */
export interface Proposal {
  officerId: OfficerId;
  /** A reason code of decision.ts. */
  reason: string;
  at: Date;
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
  /** Null on the data page's pathway until a picture is to be taken: a code needs no face. */
  biometricConsentAt: Date | null;
  /** The separate consent to keep a biometric sample (IAL3), and its withdrawal. */
  sampleConsent: { at: Date; withdrawnAt: Date | null } | null;
  /** Who acts in it where that is not the account itself: a guardian. */
  openedBy: AccountId | null;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
}

export function isOpen(state: CaseState): state is OpenState {
  return OPEN_STEPS.some((step) => step === state.step);
}
