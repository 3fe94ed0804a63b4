import { addressKeyOf } from '../accounts/contact-address.ts';
import { openAccount } from '../accounts/create-account.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { AccountId } from '../lib/ids.ts';

/** An account of the sandbox without a passkey: its holder is played. Gives its data key, for what is added to it. */
export async function openKeylessAccount(
  tx: Tx,
  app: App,
  address: string,
): Promise<{ accountId: AccountId; key: DataKey }> {
  const accountId = AccountId.make(app);
  const key = await app.cipher.openDataKey(tx, await app.cipher.createDataKey(tx));
  await openAccount(tx, app, {
    accountId,
    key,
    userHandle: app.random.bytes(32),
    address,
    addressKey: addressKeyOf(app, address),
    confirmedAt: null,
    lang: 'en',
  });
  return { accountId, key };
}
