import type { Db, Tx } from '../lib/database.ts';
import type { CaseId, RowId } from '../lib/ids.ts';

/** One run of chip authentication by our server, for one hand-off. */
export interface ChipRun {
  id: RowId;
  handOffId: RowId;
  number: number;
  /** Encrypted; null once the run is of no more use. */
  content: Buffer | null;
  filesDigest: Buffer;
  /** The command that waits for its answer, from 1. */
  step: number;
  outcome: ChipRunOutcome | null;
  createdAt: Date;
  expiresAt: Date;
}

/** `replaced`: the phone started another one. */
export type ChipRunOutcome = 'passed' | 'failed' | 'refused' | 'replaced';

const COLUMNS = [
  'id',
  'hand_off_id',
  'number',
  'content',
  'files_digest',
  'step',
  'outcome',
  'created_at',
  'expires_at',
] as const;

function toRun(row: Record<string, unknown>): ChipRun {
  return {
    id: row.id as RowId,
    handOffId: row.hand_off_id as RowId,
    number: row.number as number,
    content: row.content as Buffer | null,
    filesDigest: row.files_digest as Buffer,
    step: row.step as number,
    outcome: row.outcome as ChipRunOutcome | null,
    createdAt: row.created_at as Date,
    expiresAt: row.expires_at as Date,
  };
}

export async function insertRun(tx: Tx, run: ChipRun & { content: Buffer }): Promise<void> {
  await tx('chip_runs').insert({
    id: run.id,
    hand_off_id: run.handOffId,
    number: run.number,
    content: run.content,
    files_digest: run.filesDigest,
    step: run.step,
    outcome: run.outcome,
    created_at: run.createdAt,
    expires_at: run.expiresAt,
  });
}

/** The run of a hand-off that was started last. Whoever changes it has locked the hand-off. */
export async function findLatestRun(db: Db | Tx, handOffId: RowId): Promise<ChipRun | null> {
  const row = await db('chip_runs')
    .where({ hand_off_id: handOffId })
    .orderBy('number', 'desc')
    .first(...COLUMNS);
  return row ? toRun(row as Record<string, unknown>) : null;
}

/** One answer further; false where another call was first. */
export async function advanceRun(
  tx: Tx,
  before: Pick<ChipRun, 'id' | 'step'>,
  after: { content: Buffer; step: number; outcome: ChipRunOutcome | null },
): Promise<boolean> {
  const rows = await tx('chip_runs')
    .where({ id: before.id, step: before.step })
    .whereNull('outcome')
    .update({ content: after.content, step: after.step, outcome: after.outcome });
  return rows === 1;
}

/** The phone starts anew: the key of this one is destroyed. */
export async function replaceRun(tx: Tx, id: RowId): Promise<void> {
  await tx('chip_runs').where({ id }).update({ outcome: 'replaced', content: null });
}

/** Destroys the keys and answers of all runs of a hand-off, or of a case: what they proved is evidence by now, or never. */
export async function forgetRuns(
  tx: Tx,
  of: { handOffId: RowId } | { caseId: CaseId },
): Promise<void> {
  const handOffs =
    'handOffId' in of ? [of.handOffId] : tx('hand_offs').where({ case_id: of.caseId }).select('id');
  await tx('chip_runs').whereIn('hand_off_id', handOffs).update({ content: null });
}
