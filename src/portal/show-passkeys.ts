import { passkeysPage, recoveryCodePage } from '../../views/portal/passkeys.ts';
import { cancelChange, waitingChanges } from '../accounts/account-changes.ts';
import type { AccountsApp } from '../accounts/accounts-app.ts';
import { askAgain, isFresh } from '../accounts/fresh-sign-in.ts';
import { passkeysOf } from '../accounts/own-passkeys.ts';
import { makeRecoveryCode, recoveryCodeMadeAt } from '../accounts/recovery-code.ts';
import { seeOther } from '../accounts/see-other.ts';
import { portalNav } from '../../views/portal/nav.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

/** GET /passkeys */
export async function showPasskeys(ctx: Context, app: AccountsApp): Promise<void> {
  const session = sessionOf(ctx);
  const [passkeys, changes, codeMadeAt] = await Promise.all([
    passkeysOf(app.db, app, session.accountId),
    waitingChanges(app.db, app, session.accountId),
    recoveryCodeMadeAt(app.db, session.accountId),
  ]);
  await page(ctx, app, {
    view: passkeysPage,
    model: {
      passkeys: passkeys.map((passkey) => ({
        ...passkey,
        current: passkey.id === session.passkeyId,
        leavesAt:
          changes.find(
            (change) => change.kind === 'remove_passkey' && change.passkeyId === passkey.id,
          )?.takesEffectAt ?? null,
      })),
      changes: changes.map(({ id, kind, takesEffectAt }) => ({ id, kind, takesEffectAt })),
      recoveryCodeMadeAt: codeMadeAt,
    },
    title: 'portal.passkeys.title',
    nav: (ui) => portalNav(ui, 'passkeys'),
  });
}

/** POST /passkeys/recovery-code: shows the new code, once. */
export async function submitRecoveryCode(ctx: Context, app: AccountsApp): Promise<void> {
  const session = sessionOf(ctx);
  if (!isFresh(app, session)) return askAgain(ctx, '/passkeys');
  const code = await makeRecoveryCode(app, session.accountId);
  await page(ctx, app, {
    view: recoveryCodePage,
    model: { code },
    title: 'portal.recovery_code.title',
    nav: (ui) => portalNav(ui, 'passkeys'),
  });
}

/** POST /account-changes/:id/cancellation: stops a removal or a recovery that waits. */
export async function submitCancellation(ctx: Context, app: AccountsApp): Promise<void> {
  const { accountId } = sessionOf(ctx);
  const changeId = RowId.parse(ctx.state.params.id);
  if (!changeId) throw new Fault('not_found');
  if (!(await cancelChange(app, { accountId, changeId }))) throw new Fault('already_done');
  seeOther(ctx, '/passkeys');
}
