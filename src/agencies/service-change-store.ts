import type { Db } from '../lib/database.ts';
import { runPrepared } from '../lib/prepared.ts';

/**
 * The services that transactions changed which had not committed by `horizon`, and the horizon of now: every transaction
 * below it is over. Some services may be named twice, none is left out.
 */
export async function findServiceChanges(
  db: Db,
  horizon: string,
): Promise<{ horizon: string; changed: string[] }> {
  const [row] = await runPrepared(db, {
    name: 'service_changes',
    text: `select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
             (select coalesce(json_agg(client_id), '[]') from services where changed_in >= $1::xid8)
               as changed`,
    values: [horizon],
  });
  return {
    horizon: row!.horizon as string,
    changed: JSON.parse(row!.changed as string) as string[],
  };
}
