import type { Db, Tx } from '../../lib/database.ts';
import type { CaseId, OfficerId, RowId } from '../../lib/ids.ts';

export type AlertState = 'open' | 'cleared' | 'confirmed';
export type WatchList = 'lost_or_stolen' | 'watch_list';

export interface WatchAlert {
  id: RowId;
  caseId: CaseId;
  list: WatchList;
  source: string;
  /** Encrypted. */
  detail: Buffer;
  state: AlertState;
  raisedAt: Date;
  settledAt: Date | null;
}

const COLUMNS = ['id', 'case_id', 'list', 'source', 'detail', 'state', 'raised_at', 'settled_at'];

/** Puts an alert on record; false where this case has one of this very entry already, settled or not. */
export async function insertAlert(
  tx: Tx,
  alert: Omit<WatchAlert, 'state' | 'settledAt'> & { entryIndex: Buffer },
): Promise<boolean> {
  const rows = await tx('watch_alerts')
    .insert({
      id: alert.id,
      case_id: alert.caseId,
      list: alert.list,
      source: alert.source,
      entry_index: alert.entryIndex,
      detail: alert.detail,
      state: 'open',
      raised_at: alert.raisedAt,
    })
    .onConflict(['case_id', 'source', 'entry_index'])
    .ignore()
    .returning('id');
  return rows.length > 0;
}

/** Whether this very entry of a list is on record against a case, settled or not. */
export async function isOnRecord(
  db: Db | Tx,
  entry: { caseId: CaseId; source: string; entryIndex: Buffer },
): Promise<boolean> {
  const row = await db('watch_alerts')
    .where({ case_id: entry.caseId, source: entry.source, entry_index: entry.entryIndex })
    .first<{ id: string } | undefined>('id');
  return row !== undefined;
}

/** Whether this very entry of a list was cleared before, in any case. */
export async function wasEntryCleared(
  tx: Tx,
  entry: { source: string; entryIndex: Buffer },
): Promise<boolean> {
  const row = await tx('watch_alerts')
    .where({ source: entry.source, entry_index: entry.entryIndex, state: 'cleared' })
    .first<{ id: string } | undefined>('id');
  return row !== undefined;
}

/** Whether an alert that nobody has cleared stands against a case. */
export async function hasStandingAlert(db: Db | Tx, caseId: CaseId): Promise<boolean> {
  const row = await db('watch_alerts')
    .where({ case_id: caseId })
    .whereNot({ state: 'cleared' })
    .first<{ id: string } | undefined>('id');
  return row !== undefined;
}

/** Alerts in one state or any, oldest first. */
export async function listAlerts(
  db: Db | Tx,
  page: { states: readonly AlertState[]; limit: number },
): Promise<WatchAlert[]> {
  const rows = await db('watch_alerts')
    .whereIn('state', [...page.states])
    .orderBy([{ column: 'raised_at' }, { column: 'id' }])
    .limit(page.limit)
    .select<Record<string, unknown>[]>(COLUMNS);
  return rows.map(alertOf);
}

export async function findAlert(
  db: Db | Tx,
  id: RowId,
  lock: 'lock' | 'read' = 'read',
): Promise<WatchAlert | null> {
  const query = db('watch_alerts').where({ id });
  if (lock === 'lock') query.forUpdate();
  const row = await query.first<Record<string, unknown> | undefined>(COLUMNS);
  return row ? alertOf(row) : null;
}

export async function settleAlert(
  tx: Tx,
  settled: {
    id: RowId;
    state: 'cleared' | 'confirmed';
    officerId: OfficerId;
    note: Buffer;
    at: Date;
  },
): Promise<void> {
  await tx('watch_alerts').where({ id: settled.id, state: 'open' }).update({
    state: settled.state,
    settled_by: settled.officerId,
    settled_at: settled.at,
    note: settled.note,
  });
}

function alertOf(row: Record<string, unknown>): WatchAlert {
  return {
    id: row.id as RowId,
    caseId: row.case_id as CaseId,
    list: row.list as WatchList,
    source: row.source as string,
    detail: row.detail as Buffer,
    state: row.state as AlertState,
    raisedAt: row.raised_at as Date,
    settledAt: row.settled_at as Date | null,
  };
}
