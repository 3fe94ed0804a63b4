import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { findFreezeLink, insertFreezeLink, markFreezeLinkUsed } from './safety-store.ts';

const FREEZE_LINK_SECONDS = 90 * 86_400;

/** A link token good for one thing: freezing the ID of this account, from any phone, for 90 days (DESIGN section 9). */
export async function makeFreezeLink(tx: Tx, app: App, accountId: AccountId): Promise<string> {
  const token = app.random.token();
  const now = app.clock.now();
  await insertFreezeLink(tx, {
    tokenDigest: digestToken(app.keys.tokenDigestKey, token),
    accountId,
    createdAt: now,
    expiresAt: addSeconds(now, FREEZE_LINK_SECONDS),
  });
  return token;
}

/** Whose ID a link freezes, or null where it never was or has expired. Using it twice does no harm, so it may be. */
export async function readFreezeLink(
  db: Db | Tx,
  app: App,
  token: string,
): Promise<AccountId | null> {
  const link = await findFreezeLink(db, digestToken(app.keys.tokenDigestKey, token));
  return link && app.clock.now() < link.expiresAt ? link.accountId : null;
}

/** Notes when the link was first used. */
export async function noteFreezeLinkUsed(tx: Tx, app: App, token: string): Promise<void> {
  await markFreezeLinkUsed(tx, digestToken(app.keys.tokenDigestKey, token), app.clock.now());
}
