import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { AccountId } from '../lib/ids.ts';
import type { Lang } from '../../views/ui.ts';
import { insertAccount } from './account-store.ts';

/**
 * Opens the account of a child: no passkey, no address, so nobody signs in to it. A guardian acts in it (proofing/guardianship.ts)
 * until the child is of age and gets a passkey of their own.
 */
export async function openWardAccount(
  tx: Tx,
  app: App,
  given: { guardianId: AccountId; lang: Lang },
): Promise<AccountId> {
  const id = AccountId.make(app);
  await insertAccount(tx, {
    id,
    kind: 'subscriber',
    state: 'active',
    dataKeyId: await app.cipher.createDataKey(tx),
    userHandle: app.random.bytes(32),
    displayName: null,
    lang: given.lang,
    failedAttempts: 0,
    createdAt: app.clock.now(),
  });
  await appendAudit(tx, app, {
    action: 'accounts.account_created',
    actor: { kind: 'account', id: given.guardianId },
    subject: { kind: 'account', id },
    details: { lang: given.lang },
  });
  return id;
}
