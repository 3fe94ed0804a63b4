import type { Actor } from '../audit/events.ts';
import { appendAudit } from '../audit/append.ts';
import { noteFreezeLinkUsed } from '../accounts/freeze-link.ts';
import { sendNotice } from '../accounts/send-notice.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { standingOf } from '../registry/standing.ts';
import { suspendId } from '../registry/transition-id.ts';
import { endSessionsOfAccount } from '../web/sessions.ts';

/**
 * Freezes the ID of an account's holder: suspended for `holder_froze`, every session ended, the holder told.
 * Freezing what is frozen changes nothing; an account without an ID loses its sessions all the same.
 */
export async function freezeId(
  app: App,
  request: { accountId: AccountId; by: 'link' | 'portal'; token?: string },
): Promise<void> {
  const { accountId, by, token } = request;
  const actor: Actor =
    by === 'link' ? { kind: 'holder', id: null } : { kind: 'account', id: accountId };
  await transact(app.db, async (tx) => {
    const standing = await standingOf(tx, app, accountId);
    const suspended =
      standing !== null &&
      (await suspendId(tx, app, { personId: standing.personId, reason: 'holder_froze', actor })).ok;
    const ended = await endSessionsOfAccount(tx, app, { accountId, reason: 'id_frozen' });
    if (token) await noteFreezeLinkUsed(tx, app, token);
    if (!suspended && ended.length === 0) return;
    await appendAudit(tx, app, {
      action: 'portal.id_frozen',
      actor,
      subject: { kind: 'account', id: accountId },
      details: { by, sessionsEnded: ended.length },
    });
    if (suspended)
      await sendNotice(tx, app, {
        accountId,
        template: 'id_suspended',
        params: { byHolder: true },
      });
  });
}
