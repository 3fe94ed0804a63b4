import type { Db } from '../../lib/database.ts';
import type { CaseId, RowId } from '../../lib/ids.ts';
import { caseReference } from '../case-reference.ts';
import { onFile } from '../case.ts';
import { isOpen } from '../case-state.ts';
import { findCase } from '../case-store.ts';
import { readDocumentFacts } from '../document-record.ts';
import type { ProofingApp } from '../proofing-app.ts';
import { statementPlace } from './contest-entry.ts';
import type { CorrectionOutcome, CorrectionState } from './correction.ts';
import { findCorrection, listOpenCorrections } from './correction-store.ts';

const MOST_LISTED = 200;

/** Contested entries that wait for an officer or a register, oldest first. */
export async function readOpenCorrections(db: Db) {
  const open = await listOpenCorrections(db, MOST_LISTED);
  return open.map(({ id, caseId, entry, state, contestedAt }) => ({
    id,
    caseReference: caseReference(caseId),
    entry,
    state: state.kind,
    at: contestedAt,
  }));
}

/** One contested entry, with the applicant's words; null where there is none. */
export async function readCorrection(
  db: Db,
  app: ProofingApp,
  id: RowId,
): Promise<{
  id: RowId;
  caseId: CaseId;
  caseReference: string;
  entry: string;
  state: CorrectionState['kind'];
  by: 'port' | 'letter' | null;
  register: string | null;
  outcome: CorrectionOutcome | null;
  statement: string | null;
  at: Date;
} | null> {
  const correction = await findCorrection(db, id);
  const proofing = correction ? await findCase(db, correction.caseId) : null;
  if (!correction || !proofing) return null;
  const key = await app.cipher.findDataKey(db, proofing.dataKeyId);
  const { caseId, entry, state, contestedAt } = correction;
  return {
    id,
    caseId,
    caseReference: caseReference(caseId),
    entry,
    state: state.kind,
    by: 'by' in state ? state.by : null,
    register: 'register' in state ? state.register : null,
    outcome: state.kind === 'answered' ? state.outcome : null,
    statement: key?.decryptText(statementPlace(id), correction.statement) ?? null,
    at: contestedAt,
  };
}

/** What the letter to a register says; null unless this correction is asked for by letter. */
export async function readCorrectionLetter(db: Db, app: ProofingApp, id: RowId) {
  const correction = await readCorrection(db, app, id);
  if (!correction?.register || correction.by !== 'letter') return null;
  const proofing = await findCase(db, correction.caseId);
  if (!proofing) return null;
  const { state } = proofing;
  const { document } = isOpen(state) ? onFile(state) : state.file;
  if (!document) return null;
  const { examinationId } = document;
  const facts = await readDocumentFacts(db, app, { proofing, examinationId });
  if (!facts) return null;
  const { primaryIdentifier, secondaryIdentifier, fullNamePrinted } = facts;
  return {
    reference: `${correction.caseReference} / ${id}`,
    register: correction.register,
    entry: correction.entry,
    statement: correction.statement,
    issuingState: facts.issuingState,
    documentNumber: facts.documentNumber,
    name: fullNamePrinted ?? `${primaryIdentifier} ${secondaryIdentifier}`.trim(),
    dateOfBirth: facts.dateOfBirth,
  };
}
