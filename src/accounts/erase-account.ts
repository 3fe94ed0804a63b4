import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { endSessionsOfAccount } from '../web/sessions.ts';
import { closeAccount, lockAccount } from './account-store.ts';
import { deleteMessagesUnderKey } from './message-store.ts';
import { listPasskeyRows, markPasskeyRemoved } from './passkey-store.ts';
import { forgetRecoveryCode } from './safety-store.ts';

/**
 * Erases an account: its data key goes, and with it addresses, labels and every piece of evidence of its cases, which is
 * encrypted under that key; sessions end, passkeys open nothing any more. The row stays, closed, so that its id means
 * nobody else. False where there is no such account.
 */
export async function eraseAccount(
  tx: Tx,
  app: App,
  { accountId, actor }: { accountId: AccountId; actor: Actor },
): Promise<boolean> {
  const account = await lockAccount(tx, accountId);
  if (!account) return false;
  const at = app.clock.now();
  const passkeys = await listPasskeyRows(tx, accountId);
  for (const { id } of passkeys) await markPasskeyRemoved(tx, id, at);
  const ended = await endSessionsOfAccount(tx, app, { accountId, reason: 'account_erased' });
  await forgetRecoveryCode(tx, accountId);
  await deleteMessagesUnderKey(tx, account.dataKeyId);
  await closeAccount(tx, accountId);
  await app.cipher.destroyDataKey(tx, account.dataKeyId);
  await appendAudit(tx, app, {
    action: 'accounts.account_erased',
    actor,
    subject: { kind: 'account', id: accountId },
    details: { passkeys: passkeys.length, sessions: ended.length },
  });
  return true;
}
