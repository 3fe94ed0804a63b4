import type { Db, Tx } from '../../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../../lib/ids.ts';
import type { ContestedEntry } from '../../visas/register-port.ts';
import type { Correction, CorrectionOutcome, CorrectionState } from './correction.ts';

const COLUMNS = [
  'id',
  'case_id',
  'entry',
  'statement',
  'state',
  'register',
  'asked_by',
  'outcome',
  'attempts',
  'officer_id',
  'contested_at',
  'requested_at',
  'settled_at',
];
const OPEN = ['contested', 'requested'];

/** Puts a contest on record; false where this entry is contested already. */
export async function insertCorrection(
  tx: Tx,
  correction: Omit<Correction, 'state' | 'attempts'>,
): Promise<boolean> {
  const { rows } = await tx.raw<{ rows: unknown[] }>(
    `insert into entry_corrections (id, case_id, entry, statement, state, attempts, contested_at)
     values (?, ?, ?, ?, 'contested', 0, ?)
     on conflict (case_id, entry) where state in ('contested', 'requested') do nothing
     returning id`,
    [
      correction.id,
      correction.caseId,
      correction.entry,
      correction.statement,
      correction.contestedAt,
    ],
  );
  return rows.length > 0;
}

export async function findCorrection(
  db: Db | Tx,
  id: RowId,
  lock: 'lock' | 'read' = 'read',
): Promise<Correction | null> {
  const query = db('entry_corrections').where({ id });
  if (lock === 'lock') query.forUpdate();
  const row = await query.first<Record<string, unknown> | undefined>(COLUMNS);
  return row ? correctionOf(row) : null;
}

export async function listCorrectionsOfCase(db: Db | Tx, caseId: CaseId): Promise<Correction[]> {
  const rows = await db('entry_corrections')
    .where({ case_id: caseId })
    .orderBy('contested_at')
    .select<Record<string, unknown>[]>(COLUMNS);
  return rows.map(correctionOf);
}

/** Corrections that wait for an officer or a register, oldest first. */
export async function listOpenCorrections(db: Db | Tx, limit: number): Promise<Correction[]> {
  const rows = await db('entry_corrections')
    .whereIn('state', OPEN)
    .orderBy([{ column: 'contested_at' }, { column: 'id' }])
    .limit(limit)
    .select<Record<string, unknown>[]>(COLUMNS);
  return rows.map(correctionOf);
}

/** Writes the state of a correction that this transaction has locked. */
export async function updateCorrection(
  tx: Tx,
  id: RowId,
  state: CorrectionState,
  attempts: number,
): Promise<void> {
  const asked = state.kind === 'requested' || state.kind === 'answered' ? state : null;
  await tx('entry_corrections')
    .where({ id })
    .update({
      state: state.kind,
      register: asked?.register ?? null,
      asked_by: asked?.by ?? null,
      requested_at: asked?.requestedAt ?? null,
      outcome: state.kind === 'answered' ? state.outcome : null,
      officer_id: state.kind === 'contested' ? null : state.officerId,
      settled_at: 'settledAt' in state ? state.settledAt : null,
      attempts,
    });
}

/** Whether an entry of the case is contested still, and when a register last answered such a contest. */
export async function readCorrectionStanding(
  db: Db | Tx,
  caseId: CaseId,
): Promise<{ open: boolean; answeredAt: Date | null }> {
  const row = await db('entry_corrections')
    .where({ case_id: caseId })
    .select(
      db.raw(`coalesce(bool_or(state in ('contested', 'requested')), false) as open`),
      db.raw(`max(settled_at) filter (where state = 'answered') as answered_at`),
    )
    .first<{ open: boolean; answered_at: Date | null }>();
  return { open: row.open, answeredAt: row.answered_at };
}

function correctionOf(row: Record<string, unknown>): Correction {
  return {
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    entry: row.entry as ContestedEntry,
    statement: row.statement as Buffer,
    state: stateOf(row),
    attempts: row.attempts as number,
    contestedAt: row.contested_at as Date,
  };
}

function stateOf(row: Record<string, unknown>): CorrectionState {
  const officerId = row.officer_id as OfficerId;
  const settledAt = row.settled_at as Date;
  const asked = {
    register: row.register as string,
    by: row.asked_by as 'port' | 'letter',
    officerId,
    requestedAt: row.requested_at as Date,
  };
  switch (row.state as CorrectionState['kind']) {
    case 'contested':
      return { kind: 'contested' };
    case 'dismissed':
      return { kind: 'dismissed', officerId, settledAt };
    case 'requested':
      return { kind: 'requested', ...asked };
    default:
      return { kind: 'answered', ...asked, outcome: row.outcome as CorrectionOutcome, settledAt };
  }
}
