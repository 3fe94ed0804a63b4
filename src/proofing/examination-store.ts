import type { CheckOutcome } from '../documents/chip-verdict.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, CaseId, EvidenceId, RowId } from '../lib/ids.ts';

export type ExaminationKind =
  | 'document'
  | 'register'
  | 'portrait'
  | 'confirmation'
  | 'second_document'
  | 'code'
  | 'face'
  | 'sample';

export interface Examination {
  id: RowId;
  caseId: CaseId;
  kind: ExaminationKind;
  /** A code: what came of it. */
  outcome: string;
  at: Date;
  wipedAt: Date | null;
}

/** One check of an examination: what a decision can be shown by, years later. */
export interface CheckRow {
  name: string;
  outcome: CheckOutcome;
  reason: string | null;
  clause: string | null;
}

export interface EvidenceRow {
  id: EvidenceId;
  examinationId: RowId;
  kind: string;
  /** Encrypted; null once wiped. */
  content: Buffer | null;
  sizeBytes: number;
  /** Keyed digest of the plain bytes. */
  digest: Buffer;
}

export async function insertExamination(
  tx: Tx,
  examination: Omit<Examination, 'wipedAt'>,
  checks: readonly CheckRow[],
): Promise<void> {
  const { id, caseId, kind, outcome, at } = examination;
  await tx('case_examinations').insert({ id, case_id: caseId, kind, outcome, at });
  if (checks.length === 0) return;
  await tx('case_checks').insert(
    checks.map((check, position) => ({ examination_id: id, position, ...check })),
  );
}

/** Puts what came of checks, that were open so far, in their place. */
export async function replaceChecks(
  tx: Tx,
  examinationId: RowId,
  checks: readonly CheckRow[],
): Promise<void> {
  for (const { name, outcome, reason, clause } of checks)
    await tx('case_checks')
      .where({ examination_id: examinationId, name })
      .update({ outcome, reason, clause });
}

export async function insertEvidence(
  tx: Tx,
  rows: readonly (EvidenceRow & { content: Buffer })[],
  at: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx('case_evidence').insert(
    rows.map((row) => ({
      id: row.id,
      examination_id: row.examinationId,
      kind: row.kind,
      content: row.content,
      size_bytes: row.sizeBytes,
      digest: row.digest,
      created_at: at,
    })),
  );
}

export async function listExaminations(db: Db | Tx, caseId: CaseId): Promise<Examination[]> {
  const rows = await db('case_examinations')
    .where({ case_id: caseId })
    .orderBy([{ column: 'at' }, { column: 'id' }])
    .select('id', 'case_id', 'kind', 'outcome', 'at', 'wiped_at');
  return rows.map((row: Record<string, unknown>) => ({
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    kind: row.kind as ExaminationKind,
    outcome: row.outcome as string,
    at: row.at as Date,
    wipedAt: row.wiped_at as Date | null,
  }));
}

export async function listChecks(db: Db | Tx, examinationId: RowId): Promise<CheckRow[]> {
  const rows = await db('case_checks')
    .where({ examination_id: examinationId })
    .orderBy('position')
    .select('name', 'outcome', 'reason', 'clause');
  return rows as CheckRow[];
}

/** Evidence of an examination that still has its bytes, all kinds or some. */
export async function listEvidence(
  db: Db | Tx,
  examinationId: RowId,
  kinds?: readonly string[],
): Promise<(EvidenceRow & { content: Buffer })[]> {
  const query = db('case_evidence').where({ examination_id: examinationId }).whereNull('wiped_at');
  if (kinds) query.whereIn('kind', [...kinds]);
  const rows = await query.select(
    'id',
    'examination_id',
    'kind',
    'content',
    'size_bytes',
    'digest',
  );
  return rows.map((row: Record<string, unknown>) => ({
    id: row.id as EvidenceId,
    examinationId: row.examination_id as RowId,
    kind: row.kind as string,
    content: row.content as Buffer,
    sizeBytes: row.size_bytes as number,
    digest: row.digest as Buffer,
  }));
}

/** Takes examinations off file and destroys their bytes; digests, checks and outcomes stay. */
export async function wipeExaminations(tx: Tx, ids: readonly RowId[], at: Date): Promise<void> {
  await tx('case_examinations')
    .whereIn('id', [...ids])
    .whereNull('wiped_at')
    .update({ wiped_at: at });
  await tx('case_evidence')
    .whereIn('examination_id', [...ids])
    .whereNull('wiped_at')
    .update({ content: null, wiped_at: at });
}

/**
 * When documents were examined on a pathway in the cases that an account acts in, since a time, oldest first, and whether each
 * was accepted: over all its cases.
 */
export async function listReadingTimes(
  db: Db | Tx,
  given: { accountId: AccountId; pathway: 'chip' | 'data_page'; since: Date },
): Promise<{ at: Date; accepted: boolean }[]> {
  const rows = await db('case_examinations')
    .join('cases', 'cases.id', 'case_examinations.case_id')
    .whereRaw('? in (cases.account_id, cases.opened_by)', [given.accountId])
    .where('cases.pathway', given.pathway)
    .where('case_examinations.kind', 'document')
    .where('case_examinations.at', '>', given.since)
    .orderBy('case_examinations.at')
    .select('case_examinations.at as at', 'case_examinations.outcome as outcome');
  return rows.map((row: { at: Date; outcome: string }) => ({
    at: row.at,
    accepted: row.outcome === 'accepted',
  }));
}
