import { addSeconds } from '../lib/clock.ts';
import type { Db } from '../lib/database.ts';

/** Tables whose rows are worth nothing after `expires_at`, in the order they are cleared. */
const EXPIRING = [
  'oidc_tokens',
  'oidc_interactions',
  'oidc_pushed_requests',
  'oidc_replays',
  'oidc_grants',
  'oidc_sessions',
] as const;

/** Told that it expired, not that it never was: so long after its end a device may still ask. */
const DEVICE_GRACE_SECONDS = 3600;
/** The limits on approvals look back so far (ciba/admission.ts). */
export const APPROVALS_KEPT_SECONDS = 86_400;

/**
 * Removes at most `limit` expired rows of each table, each in a statement of its own, passing over rows that
 * somebody holds: no request waits for it. Gives how many rows it removed.
 */
export async function deleteExpired(
  db: Db,
  by: { now: Date; returnsBefore: Date; limit: number },
): Promise<number> {
  let removed = 0;
  for (const table of EXPIRING)
    removed += await deleteSome(db, { table, column: 'expires_at', before: by.now, ...by });
  removed += await deleteSome(db, {
    table: 'oidc_device_codes',
    column: 'expires_at',
    before: addSeconds(by.now, -DEVICE_GRACE_SECONDS),
    limit: by.limit,
  });
  removed += await deleteSome(db, {
    table: 'oidc_backchannel_requests',
    column: 'created_at',
    before: addSeconds(by.now, -APPROVALS_KEPT_SECONDS),
    limit: by.limit,
  });
  removed += await deleteSome(db, {
    table: 'oidc_interaction_returns',
    column: 'created_at',
    before: by.returnsBefore,
    limit: by.limit,
  });
  return removed;
}

async function deleteSome(
  db: Db,
  what: { table: string; column: string; before: Date; limit: number },
): Promise<number> {
  const result = await db.raw<{ rowCount: number }>(
    `delete from ?? where ctid = any(array(
       select ctid from ?? where ?? < ? order by ?? limit ? for update skip locked))`,
    [what.table, what.table, what.column, what.before, what.column, what.limit],
  );
  return result.rowCount;
}
