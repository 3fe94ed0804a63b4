import { recordKeeper } from '../lib/old-records.ts';

/** Sessions that were over long ago; one that another went on from goes with that, or after it. */
export const keptSessions = recordKeeper({
  table: 'sessions',
  since: 'r.expires_at',
  id: 'r.id',
  where: `not exists (select 1 from sessions earlier where earlier.replaced_by = r.id)
    and not exists (select 1 from oidc_sessions o where o.web_session_id = r.id)`,
  held: 'exists (select 1 from held_accounts h where h.account_id = r.account_id)',
  remove: 'row',
});

/** Counters of limits whose window is over. */
export const keptRateLimits = recordKeeper({
  table: 'rate_limits',
  since: 'to_timestamp(r.expire / 1000.0)',
  id: 'r.key',
  remove: 'row',
});
