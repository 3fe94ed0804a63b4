import type { App } from '../lib/app.ts';
import type { Session } from '../web/session-store.ts';
import { findAccountRow } from './account-store.ts';
import { contactAddresses, maskAddress } from './contact-address.ts';
import { findActiveOfficer } from './officer-store.ts';

/** Who the header says is signed in: an officer by name, a subscriber by their masked address. */
export async function describeSession(
  app: App,
  session: Session,
): Promise<{ displayName: string; roles: readonly string[] }> {
  if (session.kind === 'officer') {
    const officer = await findActiveOfficer(app.db, session.accountId);
    if (!officer?.displayName) return { displayName: '', roles: [] };
    const key = await app.cipher.findDataKey(app.db, officer.dataKeyId);
    const place = { table: 'accounts', column: 'display_name', row: session.accountId };
    return {
      displayName: key ? key.decryptText(place, officer.displayName) : '',
      roles: officer.roles,
    };
  }
  const account = await findAccountRow(app.db, session.accountId);
  const [first] = account ? await contactAddresses(app.db, app, account) : [];
  return { displayName: first ? maskAddress(first.address) : '', roles: [] };
}
