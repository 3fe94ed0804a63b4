import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { AccountId } from '../lib/ids.ts';
import { findAccountRow } from './account-store.ts';
import { contactAddresses } from './contact-address.ts';
import { newPasskeyOptions } from './passkey-options.ts';
import { listPasskeyRows } from './passkey-store.ts';

/** Options to add a passkey to one's own account; devices that have one already say so. */
export async function ownPasskeyOptions(
  app: App,
  accountId: AccountId,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const account = await findAccountRow(app.db, accountId);
  if (account?.state !== 'active') throw new Fault('not_allowed');
  const [first] = await contactAddresses(app.db, app, account);
  return newPasskeyOptions(app, {
    purpose: 'add',
    subject: accountId,
    userHandle: account.userHandle,
    userName: first?.address ?? 'Tangchat ID',
    existing: await listPasskeyRows(app.db, accountId),
  });
}
