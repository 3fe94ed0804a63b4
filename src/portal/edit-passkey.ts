import { portalNav } from '../../views/portal/nav.ts';
import { passkeyPage } from '../../views/portal/passkey.ts';
import type { AccountsApp } from '../accounts/accounts-app.ts';
import { askAgain, isFresh } from '../accounts/fresh-sign-in.ts';
import { passkeysOf, renamePasskey } from '../accounts/own-passkeys.ts';
import { parseLabel } from '../accounts/passkey-label.ts';
import { removalTerm } from '../accounts/removal-term.ts';
import { removePasskey } from '../accounts/remove-passkey.ts';
import { seeOther } from '../accounts/see-other.ts';
import { Fault } from '../lib/fault.ts';
import { PasskeyId } from '../lib/ids.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

/** GET /passkeys/:id: its name, and how to remove it. */
export async function showPasskey(ctx: Context, app: AccountsApp): Promise<void> {
  await editPage(ctx, app, null);
}

/** POST /passkeys/:id/name */
export async function submitPasskeyName(ctx: Context, app: AccountsApp): Promise<void> {
  const typed = ctx.state.body.fields.label?.[0] ?? '';
  const label = parseLabel(typed);
  if (!label) return editPage(ctx, app, { typed });
  const { accountId } = sessionOf(ctx);
  const renamed = await renamePasskey(app, { accountId, passkeyId: idOf(ctx), label });
  if (!renamed) throw new Fault('not_found');
  seeOther(ctx, '/passkeys');
}

/** POST /passkeys/:id/removal: at once or after 72 hours (accounts/removal-term.ts). */
export async function submitPasskeyRemoval(ctx: Context, app: AccountsApp): Promise<void> {
  const session = sessionOf(ctx);
  const passkeyId = idOf(ctx);
  if (!isFresh(app, session)) return askAgain(ctx, `/passkeys/${passkeyId}`);
  const result = await removePasskey(app, { session, passkeyId });
  if (!result.ok) throw new Fault(result.reason === 'not_found' ? 'not_found' : 'conflict');
  seeOther(ctx, '/passkeys');
}

async function editPage(
  ctx: Context,
  app: AccountsApp,
  error: { typed: string } | null,
): Promise<void> {
  const session = sessionOf(ctx);
  const id = idOf(ctx);
  const passkeys = await passkeysOf(app.db, app, session.accountId);
  const passkey = passkeys.find((one) => one.id === id);
  if (!passkey) throw new Fault('not_found');
  await page(ctx, app, {
    view: passkeyPage,
    model: {
      id,
      label: passkey.label,
      typed: error?.typed ?? passkey.label,
      invalid: error !== null,
      removal: await removalTerm(app.db, app, {
        accountId: session.accountId,
        passkeys,
        target: passkey,
        usedId: session.passkeyId,
      }),
    },
    title: 'portal.passkey.title',
    nav: (ui) => portalNav(ui, 'passkeys'),
    status: error ? 422 : 200,
  });
}

function idOf(ctx: Context): PasskeyId {
  const id = PasskeyId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}
