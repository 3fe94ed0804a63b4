import { portalNav } from '../../views/portal/nav.ts';
import { addPasskeyPage } from '../../views/portal/passkeys.ts';
import type { AccountsApp } from '../accounts/accounts-app.ts';
import { askAgain, isFresh } from '../accounts/fresh-sign-in.ts';
import { ownPasskeyOptions } from '../accounts/own-passkey-options.ts';
import { addPasskey } from '../accounts/own-passkeys.ts';
import { seeOther } from '../accounts/see-other.ts';
import { verifyNewPasskey } from '../accounts/verify-passkey.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

const PATH = '/passkeys/new';

/** GET /passkeys/new: only with a passkey that was used within five minutes. */
export async function showAddPasskey(ctx: Context, app: AccountsApp): Promise<void> {
  if (!isFresh(app, sessionOf(ctx))) return askAgain(ctx, PATH);
  await addPage(ctx, app, false);
}

/** POST /passkeys/new/options */
export async function addPasskeyOptions(ctx: Context, app: AccountsApp): Promise<void> {
  const session = sessionOf(ctx);
  if (!isFresh(app, session)) throw new Fault('not_signed_in');
  ctx.body = await ownPasskeyOptions(app, session.accountId);
}

/** POST /passkeys/new */
export async function submitAddPasskey(ctx: Context, app: AccountsApp): Promise<void> {
  const session = sessionOf(ctx);
  if (!isFresh(app, session)) return askAgain(ctx, PATH);
  const { accountId } = session;
  const verified = await verifyNewPasskey(
    app,
    { purpose: 'add', subject: accountId },
    ctx.state.body.fields.credential?.[0],
  );
  const { lang } = ctx.state;
  const added =
    verified.ok && (await addPasskey(app, { accountId, passkey: verified.passkey, lang }));
  if (added) return seeOther(ctx, `/passkeys/${added}`);
  await addPage(ctx, app, true);
}

async function addPage(ctx: Context, app: AccountsApp, refused: boolean): Promise<void> {
  await page(ctx, app, {
    view: addPasskeyPage,
    model: { path: PATH, refused },
    title: 'portal.passkeys.add',
    nav: (ui) => portalNav(ui, 'passkeys'),
    status: refused ? 422 : 200,
  });
}
