import { appendAudit } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, OfficerId } from '../lib/ids.ts';
import { spendCounterCode } from './counter-code.ts';
import {
  existsOfficerAccount,
  insertOfficerAccount,
  listOfficerAccounts,
} from './officer-account-store.ts';

/**
 * An officer tells which account is their own, by a counter code of it: whoever holds the code holds the account. From then
 * on every case of that account, and of its person, is somebody else's to decide. There is no way to take it back.
 */
export async function declareOwnAccount(
  app: App,
  input: { officerId: OfficerId; code: string },
): Promise<{ ok: true } | { ok: false; reason: 'code_unknown' }> {
  return transact(app.db, async (tx) => {
    const spent = await spendCounterCode(tx, app, input);
    if (!spent) return { ok: false, reason: 'code_unknown' };
    const at = app.clock.now();
    const { accountId } = spent;
    await insertOfficerAccount(tx, { accountId, officerId: input.officerId, at });
    await appendAudit(tx, app, {
      action: 'proofing.own_account_declared',
      actor: { kind: 'officer', id: input.officerId },
      subject: { kind: 'account', id: accountId },
      details: {},
    });
    return { ok: true };
  });
}

/** Whether an account is known to be the officer's own. */
export function officerHasAccount(
  db: Db | Tx,
  officerId: OfficerId,
  accountId: AccountId,
): Promise<boolean> {
  return existsOfficerAccount(db, officerId, accountId);
}

export function ownAccountsOf(db: Db | Tx, officerId: OfficerId) {
  return listOfficerAccounts(db, officerId);
}
