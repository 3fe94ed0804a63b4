import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Db } from '../lib/database.ts';
import type { AccountId, RowId } from '../lib/ids.ts';
import { listWaitingChanges, settleChange } from './safety-store.ts';
import type { AccountChange } from './safety-store.ts';
import { sendNotice } from './send-notice.ts';

/** Changes of passkeys and recovery without a second authenticator wait so long (DESIGN section 9). */
export const CHANGE_WAIT_SECONDS = 72 * 3600;
/** After that they may be finished so long. */
export const CHANGE_GRACE_SECONDS = 14 * 86_400;

/** What waits on an account, for the pages that offer to stop it. */
export function waitingChanges(db: Db, app: App, accountId: AccountId): Promise<AccountChange[]> {
  return listWaitingChanges(db, accountId, app.clock.now());
}

/** Stops a change: any passkey's session may. False where it is not the account's or no longer waits. */
export async function cancelChange(
  app: App,
  input: { accountId: AccountId; changeId: RowId },
): Promise<boolean> {
  const { accountId } = input;
  return transact(app.db, async (tx) => {
    const now = app.clock.now();
    const change = (await listWaitingChanges(tx, accountId, now)).find(
      ({ id }) => id === input.changeId,
    );
    if (!change || !(await settleChange(tx, change.id, { state: 'cancelled', at: now })))
      return false;
    await appendAudit(tx, app, {
      action: 'accounts.change_cancelled',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'account', id: accountId },
      details: { changeId: change.id, kind: change.kind },
    });
    if (change.kind === 'recover')
      await sendNotice(tx, app, { accountId, template: 'recovery_cancelled', params: {} });
    return true;
  });
}
