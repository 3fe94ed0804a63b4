import { appendAudit } from '../audit/append.ts';
import { digestToken } from '../lib/blind-index.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { App } from '../lib/app.ts';
import type { Context } from '../web/context.ts';
import { endSessionsOfAccount } from '../web/sessions.ts';
import { findAccountRow } from './account-store.ts';
import type { AccountsApp } from './accounts-app.ts';
import { savePasskey, startPasskeySession } from './create-account.ts';
import { defaultLabel } from './passkey-label.ts';
import { findPasskeyByCredential, listPasskeyRows } from './passkey-store.ts';
import { findWaitingChange, settleChange } from './safety-store.ts';
import type { AccountChange } from './safety-store.ts';
import { sendNotice } from './send-notice.ts';
import { tellCredentialChange } from './tell-credential-change.ts';
import type { NewPasskey } from './verify-passkey.ts';

export type OpenRecovery =
  | { state: 'ready' | 'waiting'; change: AccountChange }
  | { state: 'gone' };

/** The recovery that a kept link names: still waiting, ready for a new passkey, or gone. */
export async function readRecovery(app: App, token: string): Promise<OpenRecovery> {
  const digest = digestToken(app.keys.tokenDigestKey, token);
  const change = await findWaitingChange(app.db, { token_digest: digest });
  const now = app.clock.now();
  if (!change || now >= change.expiresAt) return { state: 'gone' };
  return { state: now < change.takesEffectAt ? 'waiting' : 'ready', change };
}

/**
 * Ends a recovery: the new passkey is added, every session of the account ends but this new one, the holder is told.
 * False where the recovery was ended meanwhile, or the credential is registered already.
 */
export async function completeRecovery(
  app: AccountsApp,
  ctx: Context,
  input: { change: AccountChange; passkey: NewPasskey },
): Promise<boolean> {
  const { change, passkey } = input;
  const { accountId } = change;
  return transact(app.db, async (tx) => {
    const account = await findAccountRow(tx, accountId);
    const now = app.clock.now();
    if (account?.state !== 'active') return false;
    if (await findPasskeyByCredential(tx, passkey.credentialId)) return false;
    if (!(await settleChange(tx, change.id, { state: 'done', at: now }))) return false;
    const key = await app.cipher.openDataKey(tx, account.dataKeyId);
    const number = (await listPasskeyRows(tx, accountId)).length + 1;
    const label = defaultLabel(app.languages.translator(ctx.state.lang), passkey.aaguid, number);
    const passkeyId = await savePasskey(tx, app, { accountId, key, passkey, label });
    // Registered in this very moment, or taken away before: what was settled above is rolled back.
    if (!passkeyId) throw new Fault('conflict');
    await endSessionsOfAccount(tx, app, { accountId, reason: 'recovered' });
    await tellCredentialChange(tx, accountId, { id: passkeyId, change: 'create' });
    await appendAudit(tx, app, {
      action: 'accounts.recovery_completed',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'account', id: accountId },
      details: { changeId: change.id },
    });
    await sendNotice(tx, app, { accountId, template: 'recovery_completed', params: {} });
    const { backupEligible } = passkey;
    const session = { accountId, passkeyId, userVerified: true, backupEligible };
    await startPasskeySession(tx, app, ctx, { kind: 'subscriber', ...session });
    return true;
  });
}
