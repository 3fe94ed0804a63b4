import type { App } from '../lib/app.ts';
import type { Session } from '../web/session-store.ts';
import { firstAddress, maskAddress } from './contact-address.ts';
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
  const address = await firstAddress(app.db, app, session.accountId);
  return { displayName: address === null ? '' : maskAddress(address), roles: [] };
}
