import { addSeconds } from '../../src/lib/clock.ts';
import { AccountId, CaseId, DataKeyId, OfficerId, RowId } from '../../src/lib/ids.ts';
import { placeCase } from '../../src/proofing/case.ts';
import { NOTHING_ON_FILE } from '../../src/proofing/case-state.ts';
import type {
  CaseState,
  DocumentOnFile,
  OnFile,
  PortraitOnFile,
  ProofingCase,
  RegisterAnswered,
  RegisterWaiting,
} from '../../src/proofing/case-state.ts';

export const NOW = new Date('2026-11-22T09:00:00Z');
const id = (last: string) => `018f0000-0000-7000-8000-0000000000${last}`;

export const REQUEST = RowId.parse(id('01'))!;
export const OTHER_REQUEST = RowId.parse(id('02'))!;
export const OFFICER = OfficerId.parse(id('03'))!;

export const DOCUMENT: DocumentOnFile = {
  examinationId: RowId.parse(id('04'))!,
  check: 'chip',
  cloneCheck: 'passed',
  examinedAt: NOW,
};
export const PORTRAIT: PortraitOnFile = { examinationId: RowId.parse(id('05'))!, takenAt: NOW };
export const WAITING: RegisterWaiting = {
  status: 'waiting',
  requestId: REQUEST,
  since: NOW,
  attempts: 0,
};
export const ANSWERED: RegisterAnswered = {
  status: 'answered',
  requestId: REQUEST,
  examinationId: RowId.parse(id('06'))!,
  finding: 'agrees',
  entryPhotoHeld: true,
  answeredAt: NOW,
};

/** What is on file at each open step; `portrait_answered` is the portrait step with the register's word already there. */
export const FILES = {
  document: NOTHING_ON_FILE,
  portrait: { ...NOTHING_ON_FILE, document: DOCUMENT, register: WAITING, portrait: null },
  portrait_answered: { ...NOTHING_ON_FILE, document: DOCUMENT, register: ANSWERED, portrait: null },
  register: { ...NOTHING_ON_FILE, document: DOCUMENT, register: WAITING, portrait: PORTRAIT },
  review: { ...NOTHING_ON_FILE, document: DOCUMENT, register: ANSWERED, portrait: PORTRAIT },
} satisfies Record<string, OnFile>;
export type FileName = keyof typeof FILES;

export function caseAt(
  at: FileName | CaseState,
  changes: Partial<ProofingCase> = {},
): ProofingCase {
  return {
    id: CaseId.parse(id('07'))!,
    accountId: AccountId.parse(id('08'))!,
    dataKeyId: DataKeyId.parse(id('09'))!,
    pathway: 'chip',
    state: typeof at === 'string' ? placeCase('chip', FILES[at]) : at,
    version: 3,
    officerId: null,
    assignedAt: null,
    returnTo: null,
    consentedAt: NOW,
    biometricConsentAt: NOW,
    sampleConsent: null,
    openedBy: null,
    createdAt: NOW,
    updatedAt: NOW,
    expiresAt: addSeconds(NOW, 30 * 86_400),
    ...changes,
  };
}
