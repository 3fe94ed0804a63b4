import type { ChipFileName } from '../documents/chip-verdict.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../lib/ids.ts';
import { forgetRuns } from './chip-run-store.ts';
import type { SubmissionAnswer } from './reader-answer.ts';

/** A single-use link by which one phone reads the chip for one case. */
export interface HandOff {
  id: RowId;
  caseId: CaseId;
  /** Encrypted under the case's key until it is used. */
  token: Buffer | null;
  matchNumber: number;
  /** Whose counter reader it is for; null: a phone of the applicant. */
  officerId: OfficerId | null;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  openedAt: Date | null;
  sessionExpiresAt: Date | null;
  challenge: Buffer | null;
  challengeExpiresAt: Date | null;
  submittedAt: Date | null;
  submissionKey: Buffer | null;
  answer: SubmissionAnswer | null;
}

const COLUMNS = [
  'id',
  'case_id',
  'token',
  'match_number',
  'officer_id',
  'created_at',
  'expires_at',
  'ended_at',
  'opened_at',
  'session_expires_at',
  'challenge',
  'challenge_expires_at',
  'submitted_at',
  'submission_key',
  'answer',
] as const;

function toHandOff(row: Record<string, unknown>): HandOff {
  return {
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    token: row.token as Buffer | null,
    matchNumber: row.match_number as number,
    officerId: row.officer_id as OfficerId | null,
    createdAt: row.created_at as Date,
    expiresAt: row.expires_at as Date,
    endedAt: row.ended_at as Date | null,
    openedAt: row.opened_at as Date | null,
    sessionExpiresAt: row.session_expires_at as Date | null,
    challenge: row.challenge as Buffer | null,
    challengeExpiresAt: row.challenge_expires_at as Date | null,
    submittedAt: row.submitted_at as Date | null,
    submissionKey: row.submission_key as Buffer | null,
    answer: row.answer as SubmissionAnswer | null,
  };
}

export async function insertHandOff(
  tx: Tx,
  row: Pick<HandOff, 'id' | 'caseId' | 'matchNumber' | 'officerId' | 'createdAt' | 'expiresAt'> & {
    token: Buffer;
    tokenDigest: Buffer;
  },
): Promise<void> {
  await tx('hand_offs').insert({
    id: row.id,
    case_id: row.caseId,
    token: row.token,
    token_digest: row.tokenDigest,
    match_number: row.matchNumber,
    officer_id: row.officerId,
    created_at: row.createdAt,
    expires_at: row.expiresAt,
  });
}

export async function findHandOffByToken(db: Db | Tx, digest: Buffer): Promise<HandOff | null> {
  return findWhere(db, { token_digest: digest });
}

export async function findHandOffBySession(db: Db | Tx, digest: Buffer): Promise<HandOff | null> {
  return findWhere(db, { session_digest: digest });
}

/** Whose challenge it is, used or not. */
export async function findHandOffByChallenge(
  db: Db | Tx,
  challenge: Buffer,
): Promise<HandOff | null> {
  return findWhere(db, { challenge });
}

async function findWhere(db: Db | Tx, where: Record<string, Buffer>): Promise<HandOff | null> {
  const row = await db('hand_offs')
    .where(where)
    .first(...COLUMNS);
  return row ? toHandOff(row as Record<string, unknown>) : null;
}

export async function lockHandOff(tx: Tx, id: RowId): Promise<HandOff | null> {
  const row = await tx('hand_offs')
    .where({ id })
    .forUpdate()
    .first(...COLUMNS);
  return row ? toHandOff(row as Record<string, unknown>) : null;
}

/** The hand-off of a case made last, whatever became of it. */
export async function findLatestHandOff(db: Db | Tx, caseId: CaseId): Promise<HandOff | null> {
  const row = await db('hand_offs')
    .where({ case_id: caseId })
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first(...COLUMNS);
  return row ? toHandOff(row as Record<string, unknown>) : null;
}

/** A phone opens the link: once, or not at all. False where another was first. */
export async function openHandOff(
  tx: Tx,
  id: RowId,
  opening: {
    at: Date;
    sessionDigest: Buffer;
    sessionExpiresAt: Date;
    challenge: Buffer;
    challengeExpiresAt: Date;
  },
): Promise<boolean> {
  const rows = await tx('hand_offs')
    .where({ id })
    .whereNull('opened_at')
    .whereNull('ended_at')
    .where('expires_at', '>', opening.at)
    .update({
      opened_at: opening.at,
      token: null,
      session_digest: opening.sessionDigest,
      session_expires_at: opening.sessionExpiresAt,
      challenge: opening.challenge,
      challenge_expires_at: opening.challengeExpiresAt,
    });
  return rows === 1;
}

/** Ends what is still live of a case, and forgets the files that a phone had sent. */
export async function endHandOffs(tx: Tx, caseId: CaseId, at: Date): Promise<void> {
  await tx('hand_off_files')
    .whereIn('hand_off_id', tx('hand_offs').where({ case_id: caseId }).select('id'))
    .delete();
  await tx('hand_offs')
    .where({ case_id: caseId })
    .whereNull('ended_at')
    .whereNull('submitted_at')
    .update({ ended_at: at, token: null });
  await forgetRuns(tx, { caseId });
}

/** The files were judged: the challenge is spent, the staged files are gone, the answer is kept for a repeated call. */
export async function settleHandOff(
  tx: Tx,
  id: RowId,
  settled: { at: Date; submissionKey: Buffer; answer: SubmissionAnswer },
): Promise<void> {
  await tx('hand_offs')
    .where({ id })
    .update({
      submitted_at: settled.at,
      submission_key: settled.submissionKey,
      answer: JSON.stringify(settled.answer),
    });
  await tx('hand_off_files').where({ hand_off_id: id }).delete();
  await forgetRuns(tx, { handOffId: id });
}

export interface StagedFile {
  name: ChipFileName;
  content: Buffer;
  sizeBytes: number;
}

export async function upsertFile(tx: Tx, handOffId: RowId, file: StagedFile): Promise<void> {
  await tx('hand_off_files')
    .insert({
      hand_off_id: handOffId,
      name: file.name,
      content: file.content,
      size_bytes: file.sizeBytes,
    })
    .onConflict(['hand_off_id', 'name'])
    .merge();
}

export async function listFiles(db: Db | Tx, handOffId: RowId): Promise<StagedFile[]> {
  const rows = await db('hand_off_files')
    .where({ hand_off_id: handOffId })
    .select('name', 'content', 'size_bytes');
  return rows.map((row: Record<string, unknown>) => ({
    name: row.name as ChipFileName,
    content: row.content as Buffer,
    sizeBytes: row.size_bytes as number,
  }));
}
