import { recordKeeper, recordKeepers } from '../lib/old-records.ts';

/** Which services asked about a number, and what they were told; alarms about them. */
export const keptLookUps = recordKeepers([
  recordKeeper({
    table: 'number_look_ups',
    since: 'r.asked_at',
    id: 'r.id',
    held: 'exists (select 1 from held_persons h where h.person_id = r.person_id)',
    remove: 'row',
  }),
  recordKeeper({
    table: 'number_look_up_alarms',
    since: 'r.raised_at',
    id: 'r.id',
    remove: 'row',
  }),
]);
