import type { Tx } from '../lib/database.ts';
import type { AccountId, PasskeyId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';

/** A passkey came or went: services that hold a consent are told by a later domain (CAEP §3.4.3). In the transaction of the change. */
export function tellCredentialChange(
  tx: Tx,
  accountId: AccountId,
  changed: { id: PasskeyId; change: 'create' | 'revoke' },
): Promise<void> {
  const { id: passkeyId, change } = changed;
  return enqueue(tx, 'address_credential_change', { accountId, passkeyId, change });
}
