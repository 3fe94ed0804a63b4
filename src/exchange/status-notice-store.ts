import type { Db, Tx } from '../lib/database.ts';
import type { AgencyId, PersonId, RowId } from '../lib/ids.ts';

export interface StatusNotice {
  eventId: RowId;
  agencyId: AgencyId;
  sub: string;
  newSub: string | null;
}

/** Until the transaction ends nobody else addresses events of this person: they go in the order in which they came. */
export async function lockAddressing(tx: Tx, personId: PersonId): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, [`status ${personId}`]);
}

/** Which of these events were addressed before. */
export async function listAddressed(tx: Tx, ids: readonly RowId[]): Promise<RowId[]> {
  const rows = await tx('addressed_events')
    .whereIn('event_id', [...ids])
    .select<{ event_id: RowId }[]>('event_id');
  return rows.map((row) => row.event_id);
}

export async function insertAddressed(tx: Tx, eventId: RowId, at: Date): Promise<void> {
  await tx('addressed_events').insert({ event_id: eventId, at }).onConflict('event_id').ignore();
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

/** What an agency was to be told, oldest first. */
export async function listNotices(
  db: Db | Tx,
  agencyId: AgencyId,
): Promise<(StatusNotice & { sentAt: Date | null; endedAt: Date | null })[]> {
  const rows = await db('status_notices')
    .where({ agency_id: agencyId })
    .orderBy(['addressed_at', 'event_id'])
    .limit(1000)
    .select('event_id', 'agency_id', 'sub', 'new_sub', 'sent_at', 'ended_at');
  return rows.map((row) => ({
    eventId: row.event_id as RowId,
    agencyId: row.agency_id as AgencyId,
    sub: row.sub as string,
    newSub: row.new_sub as string | null,
    sentAt: row.sent_at as Date | null,
    endedAt: row.ended_at as Date | null,
  }));
}

/** Notes that a service of the agency took what there was to tell. */
export async function noteNoticesSent(
  tx: Tx,
  sent: { eventIds: readonly RowId[]; serviceId: string; at: Date },
): Promise<void> {
  if (sent.eventIds.length === 0) return;
  await tx('status_notices')
    .whereIn('event_id', [...sent.eventIds])
    .whereNull('sent_at')
    .where('agency_id', tx('services').where({ client_id: sent.serviceId }).select('agency_id'))
    .update({ sent_at: sent.at });
}

const NOTHING_WAITS = `not exists (
  select 1 from event_tokens t
    join event_streams s on s.id = t.stream_id
    join services v on v.client_id = s.service_id
   where t.event_id = status_notices.event_id and v.agency_id = status_notices.agency_id and t.state = 'waiting')`;

/** Ends the notices of these events for which no token waits any more, or never did: nobody listened. */
export async function endNotices(tx: Tx, eventIds: readonly RowId[], at: Date): Promise<void> {
  if (eventIds.length === 0) return;
  await tx('status_notices')
    .whereIn('event_id', [...eventIds])
    .whereNull('ended_at')
    .whereRaw(NOTHING_WAITS)
    .update({ ended_at: at });
}

/** Ends those that were missed: of streams that were deleted, of tokens that were dropped. */
export async function endOpenNotices(tx: Tx, by: { before: Date; at: Date }): Promise<number> {
  return tx('status_notices')
    .whereNull('ended_at')
    .where('addressed_at', '<', by.before)
    .whereRaw(NOTHING_WAITS)
    .update({ ended_at: by.at });
}
