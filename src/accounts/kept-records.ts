import { recordKeeper, recordKeepers } from '../lib/old-records.ts';

const held = 'exists (select 1 from held_accounts h where h.account_id = r.account_id)';

/** Notices that were sent or given up: by then without address and words. */
export const keptMessages = recordKeeper({
  table: 'messages',
  since: 'r.settled_at',
  id: 'r.id',
  held,
  remove: 'row',
});

/** Changes of an account that were done or cancelled. */
export const keptAccountChanges = recordKeeper({
  table: 'account_changes',
  since: 'r.settled_at',
  id: 'r.id',
  held,
  remove: 'row',
});

/** Links and challenges that open nothing any more. */
export const keptLinks = recordKeepers([
  recordKeeper({
    table: 'freeze_links',
    since: 'r.expires_at',
    id: "encode(r.token_digest, 'hex')",
    held,
    remove: 'row',
  }),
  recordKeeper({ table: 'officer_invitations', since: 'r.expires_at', id: 'r.id', remove: 'row' }),
  recordKeeper({
    table: 'passkey_challenges',
    since: 'r.expires_at',
    id: "encode(r.challenge_digest, 'hex')",
    remove: 'row',
  }),
]);
