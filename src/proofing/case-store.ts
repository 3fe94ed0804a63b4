import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, CaseId, DataKeyId, OfficerId, PersonId, RowId } from '../lib/ids.ts';
import { onFile, placeCase } from './case.ts';
import { OPEN_STEPS, isOpen } from './case-state.ts';
import type {
  AskAgainReason,
  CaseState,
  DocumentCheck,
  DocumentOnFile,
  DoneOnFile,
  HoldReason,
  OnFile,
  OpenStep,
  Pathway,
  Proposal,
  ProofingCase,
  RefusalCategory,
  RegisterFinding,
} from './case-state.ts';

const COLUMNS = [
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

type Row = Record<(typeof COLUMNS)[number], unknown>;

export async function insertCase(tx: Tx, proofing: ProofingCase): Promise<void> {
  await tx('cases').insert({
    id: proofing.id,
    account_id: proofing.accountId,
    data_key_id: proofing.dataKeyId,
    pathway: proofing.pathway,
    return_to: proofing.returnTo,
    consented_at: proofing.consentedAt,
    biometric_consent_at: proofing.biometricConsentAt,
    opened_by: proofing.openedBy,
    created_at: proofing.createdAt,
    expires_at: proofing.expiresAt,
    ...changing(proofing),
  });
}

export async function findCase(db: Db | Tx, id: CaseId): Promise<ProofingCase | null> {
  const row = await db('cases')
    .where({ id })
    .first(...COLUMNS);
  return row ? toCase(row as Row) : null;
}

/** As `findCase`, but nobody else changes the case until the transaction ends. */
export async function lockCase(tx: Tx, id: CaseId): Promise<ProofingCase | null> {
  const row = await tx('cases')
    .where({ id })
    .forUpdate()
    .first(...COLUMNS);
  return row ? toCase(row as Row) : null;
}

/** The case of an account that is still under way, if any: there is at most one. */
export async function findOpenCase(
  db: Db | Tx,
  accountId: AccountId,
): Promise<ProofingCase | null> {
  const row = await db('cases')
    .where({ account_id: accountId })
    .whereIn('step', [...OPEN_STEPS])
    .first(...COLUMNS);
  return row ? toCase(row as Row) : null;
}

/** The case of an account that was started last, whatever became of it. */
export async function findLatestCase(
  db: Db | Tx,
  accountId: AccountId,
): Promise<ProofingCase | null> {
  const row = await db('cases')
    .where({ account_id: accountId })
    .orderBy('created_at', 'desc')
    .first(...COLUMNS);
  return row ? toCase(row as Row) : null;
}

/** Saves what may change, over `before`; false where somebody else was first (the row is another version by now). */
export async function updateCase(
  tx: Tx,
  before: Pick<ProofingCase, 'id' | 'version'>,
  after: ProofingCase,
): Promise<boolean> {
  const rows = await tx('cases')
    .where({ id: before.id, version: before.version })
    .update(changing(after));
  return rows === 1;
}

/** Where to go on to afterwards: not part of the proofing, so no new version. */
export async function setReturnTo(db: Db | Tx, id: CaseId, returnTo: string): Promise<void> {
  await db('cases').where({ id }).update({ return_to: returnTo });
}

/** Marks a case reminded; false where it was already. */
export async function setReminded(tx: Tx, id: CaseId, at: Date): Promise<boolean> {
  const rows = await tx('cases').where({ id }).whereNull('reminded_at').update({ reminded_at: at });
  return rows === 1;
}

/** Consent to a biometric sample, given or taken back: the officer's page is not stale by it, so no new version. */
export async function setSampleConsent(
  tx: Tx,
  id: CaseId,
  consent: NonNullable<ProofingCase['sampleConsent']>,
): Promise<void> {
  await tx('cases')
    .where({ id })
    .update({ sample_consented_at: consent.at, sample_withdrawn_at: consent.withdrawnAt });
}

/** Why the policy left a case to an officer, found on `version`; null while it has not been judged. No new version. */
export async function setReviewReasons(
  tx: Tx,
  { id, version }: Pick<ProofingCase, 'id' | 'version'>,
  reasons: readonly string[],
): Promise<void> {
  await tx('cases')
    .where({ id, version })
    .update({ review_reasons: [...reasons] });
}

export async function findReviewReasons(db: Db | Tx, ids: readonly CaseId[]) {
  const rows = await db('cases')
    .whereIn('id', [...ids])
    .whereNotNull('review_reasons')
    .select('id', 'review_reasons');
  return new Map<CaseId, readonly string[]>(
    rows.map((row: { id: CaseId; review_reasons: string[] }) => [row.id, row.review_reasons]),
  );
}

/** The open cases that somebody acts in for another account, oldest first. */
export async function listCasesOpenedBy(
  db: Db | Tx,
  accountId: AccountId,
): Promise<ProofingCase[]> {
  const rows = await db('cases')
    .where({ opened_by: accountId })
    .orderBy('created_at', 'desc')
    .limit(50)
    .select(...COLUMNS);
  return rows.map((row: Row) => toCase(row));
}

/** Open cases in the order in which they were started, after a place in it. */
export async function listCases(
  db: Db | Tx,
  page: {
    steps: readonly OpenStep[];
    after: { createdAt: string; id: CaseId } | null;
    limit: number;
  },
): Promise<{ proofing: ProofingCase; place: { createdAt: string; id: CaseId } }[]> {
  const query = db('cases').whereIn('step', [...page.steps]);
  if (page.after)
    query.whereRaw('(created_at, id) > (?::timestamptz, ?::uuid)', [
      page.after.createdAt,
      page.after.id,
    ]);
  const rows = await query
    .orderBy([{ column: 'created_at' }, { column: 'id' }])
    .limit(page.limit)
    // As text: a Date keeps milliseconds only, and a cursor that rounds skips rows or repeats them.
    .select(...COLUMNS, db.raw('created_at::text as place'));
  return rows.map((row: Row & { place: string }) => ({
    proofing: toCase(row),
    place: { createdAt: row.place, id: row.id as CaseId },
  }));
}

function changing(proofing: ProofingCase) {
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

function toCase(row: Row): ProofingCase {
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
    biometricConsentAt: row.biometric_consent_at as Date,
    sampleConsent: row.sample_consented_at
      ? { at: row.sample_consented_at as Date, withdrawnAt: row.sample_withdrawn_at as Date | null }
      : null,
    openedBy: row.opened_by as AccountId | null,
    createdAt: row.created_at as Date,
    updatedAt: row.updated_at as Date,
    expiresAt: row.expires_at as Date,
  };
}

function toState(row: Row): CaseState {
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

function toProposal(row: Row): Proposal | null {
  if (!row.proposed_by) return null;
  return {
    officerId: row.proposed_by as OfficerId,
    reason: row.proposed_reason as string,
    at: row.proposed_at as Date,
  };
}

function toFile(row: Row): OnFile {
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

function toDocument(row: Row): DocumentOnFile | null {
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

function toRegister(row: Row): OnFile['register'] {
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
