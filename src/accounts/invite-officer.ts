import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { AccountId, RowId } from '../lib/ids.ts';
import type { Lang } from '../../views/ui.ts';
import { insertAccount } from './account-store.ts';
import {
  endInvitations,
  findActiveOfficer,
  insertInvitation,
  insertOfficerRole,
  listActiveOfficers,
} from './officer-store.ts';
import type { OfficerRole } from './officer-store.ts';

const INVITATION_SECONDS = 7 * 86_400;

/**
 * Makes the account of an officer with roles, and the link that lets them register a passkey: single use,
 * good for 7 days. Gives the account and the absolute link; the token is not stored, only its digest.
 */
export async function inviteOfficer(
  tx: Tx,
  app: App,
  officer: { name: string; roles: readonly OfficerRole[]; lang?: Lang },
): Promise<{ accountId: AccountId; url: string }> {
  const accountId = AccountId.make(app);
  const now = app.clock.now();
  const key = await app.cipher.openDataKey(tx, await app.cipher.createDataKey(tx));
  await insertAccount(tx, {
    id: accountId,
    kind: 'officer',
    state: 'active',
    dataKeyId: key.id,
    userHandle: app.random.bytes(32),
    displayName: key.encrypt(
      { table: 'accounts', column: 'display_name', row: accountId },
      officer.name,
    ),
    lang: officer.lang ?? 'en',
    failedAttempts: 0,
    createdAt: now,
  });
  for (const role of officer.roles) await insertOfficerRole(tx, { accountId, role, at: now });
  await appendAudit(tx, app, {
    action: 'accounts.officer_invited',
    actor: SYSTEM,
    subject: { kind: 'officer', id: accountId },
    details: { roles: [...officer.roles] },
  });
  return { accountId, url: await makeInvitation(tx, app, accountId) };
}

/** A fresh link for an officer's account; an earlier one is void. */
async function makeInvitation(tx: Tx, app: App, accountId: AccountId): Promise<string> {
  const token = app.random.token();
  const now = app.clock.now();
  await endInvitations(tx, accountId, now);
  await insertInvitation(tx, {
    id: RowId.make(app),
    tokenDigest: digestToken(app.keys.tokenDigestKey, token),
    accountId,
    createdAt: now,
    expiresAt: addSeconds(now, INVITATION_SECONDS),
  });
  return new URL(`/console/invitations/${token}`, app.config.ISSUER).href;
}

/** An officer of the sandbox, and the link to their first passkey while they have none. */
export interface OfficerWelcome {
  name: string;
  roles: readonly OfficerRole[];
  url: string | null;
}

/**
 * Every officer with a fresh link for those who have no passkey yet. For the sandbox's start page in the terminal:
 * only digests of links are kept, so an old one cannot be shown again.
 */
export async function welcomeOfficers(tx: Tx, app: App): Promise<OfficerWelcome[]> {
  const welcomes: OfficerWelcome[] = [];
  for (const { accountId, hasPasskey } of await listActiveOfficers(tx)) {
    const officer = await findActiveOfficer(tx, accountId);
    if (!officer?.displayName) continue;
    const key = await app.cipher.openDataKey(tx, officer.dataKeyId);
    const place = { table: 'accounts', column: 'display_name', row: accountId };
    welcomes.push({
      name: key.decryptText(place, officer.displayName),
      roles: officer.roles,
      url: hasPasskey ? null : await makeInvitation(tx, app, accountId),
    });
  }
  return welcomes;
}
