import { recordKeeper } from '../lib/old-records.ts';

/** Status events with their notices, once every service that is to be told was. */
export const keptStatusEvents = recordKeeper({
  table: 'status_events',
  join: `left join lateral (select max(n.ended_at) as ended_at, count(*) filter (where n.ended_at is null) as waiting
           from status_notices n where n.event_id = r.id) told on true`,
  since: 'case when told.waiting = 0 then greatest(told.ended_at, r.at) end',
  earliest: 'r.at',
  id: 'r.id',
  held: 'exists (select 1 from held_persons h where h.person_id in (r.person_id, r.other_person_id))',
  remove: 'row_and_dependents',
});
