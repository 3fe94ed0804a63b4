import type { Db, Tx } from '../lib/database.ts';
import type { AgencyId, RowId } from '../lib/ids.ts';

export interface StatusNotice {
  eventId: RowId;
  agencyId: AgencyId;
  sub: string;
  newSub: string | null;
}

/** Writes notices down; those that a job's earlier run wrote stay as they are. */
export async function insertStatusNotices(
  tx: Tx,
  notices: readonly StatusNotice[],
  at: Date,
): Promise<void> {
  if (notices.length === 0) return;
  await tx('status_notices')
    .insert(
      notices.map((notice) => ({
        event_id: notice.eventId,
        agency_id: notice.agencyId,
        sub: notice.sub,
        new_sub: notice.newSub,
        addressed_at: at,
        sent_at: null,
      })),
    )
    .onConflict(['event_id', 'agency_id'])
    .ignore();
}

/** What waits to be told, oldest first. */
export async function listUnsentNotices(db: Db | Tx, agencyId: AgencyId): Promise<StatusNotice[]> {
  const rows = await db('status_notices')
    .where({ agency_id: agencyId })
    .whereNull('sent_at')
    .orderBy(['addressed_at', 'event_id'])
    .limit(1000)
    .select('event_id', 'agency_id', 'sub', 'new_sub');
  return rows.map((row) => ({
    eventId: row.event_id as RowId,
    agencyId: row.agency_id as AgencyId,
    sub: row.sub as string,
    newSub: row.new_sub as string | null,
  }));
}
