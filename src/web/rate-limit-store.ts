import type { Db } from '../lib/database.ts';

/** Clears counters whose window is over, at most `limit` of them; what another node clears just now is left to it. */
export async function deleteExpiredCounters(
  db: Db,
  sweep: { now: Date; limit: number },
): Promise<void> {
  await db.raw(
    `delete from rate_limits where key in (
       select key from rate_limits where expire < ? order by expire limit ? for update skip locked)`,
    [sweep.now.getTime(), sweep.limit],
  );
}
