import { portalNav } from '../../views/portal/nav.ts';
import { sessionsPage } from '../../views/portal/sessions.ts';
import type { AccountsApp } from '../accounts/accounts-app.ts';
import { passkeysOf } from '../accounts/own-passkeys.ts';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { SessionId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { endSessionOf, endSessionsOfAccount, sessionsOf } from '../web/sessions.ts';

/** GET /sessions: where the account is signed in. */
export async function showSessions(ctx: Context, app: AccountsApp): Promise<void> {
  const current = sessionOf(ctx);
  const [sessions, passkeys] = await Promise.all([
    sessionsOf(app, current.accountId),
    passkeysOf(app.db, app, current.accountId),
  ]);
  await page(ctx, app, {
    view: sessionsPage,
    model: {
      sessions: sessions.map(({ id, passkeyId, createdAt, lastSeenAt }) => ({
        id,
        current: id === current.id,
        passkey: passkeys.find((passkey) => passkey.id === passkeyId)?.label ?? null,
        createdAt,
        lastSeenAt,
      })),
    },
    title: 'portal.sessions.title',
    nav: (ui) => portalNav(ui, 'sessions'),
  });
}

/** POST /sessions/:id/end */
export async function submitSessionEnd(ctx: Context, app: AccountsApp): Promise<void> {
  const { accountId } = sessionOf(ctx);
  const id = SessionId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  await transact(app.db, async (tx) => {
    if (!(await endSessionOf(tx, app, { accountId, id, reason: 'ended_by_holder' })))
      throw new Fault('not_found');
    await audit(tx, app, accountId, 1);
  });
  seeOther(ctx, '/sessions');
}

/** POST /sessions/others/end */
export async function submitOtherSessionsEnd(ctx: Context, app: AccountsApp): Promise<void> {
  const { accountId, id } = sessionOf(ctx);
  await transact(app.db, async (tx) => {
    const reason = 'ended_by_holder';
    const ended = await endSessionsOfAccount(tx, app, { accountId, reason, except: id });
    if (ended.length > 0) await audit(tx, app, accountId, ended.length);
  });
  seeOther(ctx, '/sessions');
}

function audit(tx: Tx, app: AccountsApp, accountId: AccountId, count: number): Promise<void> {
  return appendAudit(tx, app, {
    action: 'accounts.sessions_ended',
    actor: { kind: 'account', id: accountId },
    subject: { kind: 'account', id: accountId },
    details: { count },
  });
}
