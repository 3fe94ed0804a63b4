import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { App } from '../lib/app.ts';
import type { AccountId, PasskeyId } from '../lib/ids.ts';
import type { Lang } from '../../views/ui.ts';
import { findAccountRow } from './account-store.ts';
import type { AccountsApp } from './accounts-app.ts';
import { savePasskey } from './create-account.ts';
import { defaultLabel, readLabel, sealLabel } from './passkey-label.ts';
import { listPasskeyRows, updatePasskeyLabel } from './passkey-store.ts';
import { sendNotice } from './send-notice.ts';
import { tellCredentialChange } from './tell-credential-change.ts';
import type { NewPasskey } from './verify-passkey.ts';

/** A passkey as its owner sees it. */
export interface OwnPasskey {
  id: PasskeyId;
  label: string;
  /** It may be copied to the owner's other devices by their password manager. */
  synced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** The passkeys of an account, oldest first. */
export async function passkeysOf(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  accountId: AccountId,
): Promise<OwnPasskey[]> {
  const account = await findAccountRow(db, accountId);
  if (!account) return [];
  // One after the other: `db` may be a transaction, which has one connection.
  const rows = await listPasskeyRows(db, accountId);
  const key = await app.cipher.openDataKey(db, account.dataKeyId);
  return rows.map((row) => ({
    id: row.id,
    label: readLabel(key, row),
    synced: row.backupEligible,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
  }));
}

/**
 * Adds a verified passkey to an account whose holder has just used another one (DESIGN section 9), and tells
 * them. Null where the credential is registered already.
 */
export async function addPasskey(
  app: AccountsApp,
  input: { accountId: AccountId; passkey: NewPasskey; lang: Lang },
): Promise<PasskeyId | null> {
  const { accountId, passkey } = input;
  return transact(app.db, async (tx) => {
    const account = await findAccountRow(tx, accountId);
    if (!account) return null;
    const key = await app.cipher.openDataKey(tx, account.dataKeyId);
    const number = (await listPasskeyRows(tx, accountId)).length + 1;
    const label = defaultLabel(app.languages.translator(input.lang), passkey.aaguid, number);
    const id = await savePasskey(tx, app, { accountId, key, passkey, label });
    if (!id) return null;
    await tellCredentialChange(tx, accountId, { id, change: 'create' });
    await sendNotice(tx, app, { accountId, template: 'passkey_added', params: { label } });
    return id;
  });
}

/** Gives a passkey another name. False where it is not the account's. */
export async function renamePasskey(
  app: App,
  input: { accountId: AccountId; passkeyId: PasskeyId; label: string },
): Promise<boolean> {
  const { accountId, passkeyId, label } = input;
  return transact(app.db, async (tx) => {
    const account = await findAccountRow(tx, accountId);
    const passkeys = await listPasskeyRows(tx, accountId);
    if (!account || !passkeys.some(({ id }) => id === passkeyId)) return false;
    const key = await app.cipher.openDataKey(tx, account.dataKeyId);
    await updatePasskeyLabel(tx, passkeyId, sealLabel(key, passkeyId, label));
    await appendAudit(tx, app, {
      action: 'accounts.passkey_renamed',
      actor: { kind: 'account', id: accountId },
      subject: { kind: 'account', id: accountId },
      details: {},
    });
    return true;
  });
}
