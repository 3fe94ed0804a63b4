import { recordKeeper } from '../lib/old-records.ts';

/** The sandbox's mailbox: a mail goes with the key of its own. */
export const keptDemoMail = recordKeeper({
  table: 'demo_messages',
  since: 'r.sent_at',
  id: 'r.id',
  remove: 'row_and_key',
});
