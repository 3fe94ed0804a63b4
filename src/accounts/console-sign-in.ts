import {
  consoleSignInPage,
  invitationGonePage,
  invitationPage,
} from '../../views/accounts/console.ts';
import { digestToken } from '../lib/blind-index.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { AccountId, RowId } from '../lib/ids.ts';
import type { Context } from '../web/context.ts';
import { ownPath } from '../web/own-path.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { findAccountRow } from './account-store.ts';
import type { AccountsApp } from './accounts-app.ts';
import { savePasskey, startPasskeySession } from './create-account.ts';
import { findInvitation, useInvitation } from './officer-store.ts';
import { defaultLabel } from './passkey-label.ts';
import { newPasskeyOptions, signInOptions } from './passkey-options.ts';
import { seeOther } from './see-other.ts';
import { endOwnSession, signInWithPasskey } from './sign-in.ts';
import { verifyNewPasskey } from './verify-passkey.ts';

const TRIES = { name: 'console-sign-in', calls: 30, windowSeconds: 300 };

/** GET /console/sign-in */
export async function showConsoleSignIn(ctx: Context, app: AccountsApp): Promise<void> {
  const returnTo = ownPath(ctx.query.return_to, '/console');
  if (ctx.state.sessions.officer && ctx.query.again !== '1') return ctx.redirect(returnTo);
  await signInPage(ctx, app, { returnTo, refused: false });
}

/** POST /console/sign-in/options */
export async function consoleSignInChallenge(ctx: Context, app: AccountsApp): Promise<void> {
  await countCall(app, TRIES, ctx.state.browserId);
  ctx.body = await signInOptions(app, {
    purpose: 'officer_sign_in',
    subject: ctx.state.browserId,
  });
}

/** POST /console/sign-in */
export async function submitConsoleSignIn(ctx: Context, app: AccountsApp): Promise<void> {
  const returnTo = ownPath(ctx.state.body.fields.return_to?.[0], '/console');
  await countCall(app, TRIES, ctx.state.browserId);
  if (await signInWithPasskey(app, ctx, { kind: 'officer', purpose: 'officer_sign_in' }))
    return seeOther(ctx, returnTo);
  await signInPage(ctx, app, { returnTo, refused: true });
}

/** POST /console/sign-out */
export async function consoleSignOut(ctx: Context, app: AccountsApp): Promise<void> {
  await endOwnSession(ctx, app, 'officer');
  seeOther(ctx, '/console/sign-in');
}

/** GET /console/invitations/:token */
export async function showInvitation(ctx: Context, app: AccountsApp): Promise<void> {
  const invited = await readInvitation(ctx, app);
  if (!invited) return gonePage(ctx, app);
  await invitedPage(ctx, app, invited, false);
}

/** POST /console/invitations/:token/options */
export async function invitationChallenge(ctx: Context, app: AccountsApp): Promise<void> {
  const invited = await readInvitation(ctx, app);
  if (!invited) throw new Fault('gone');
  ctx.body = await newPasskeyOptions(app, {
    purpose: 'officer_register',
    subject: invited.id,
    userHandle: invited.userHandle,
    userName: `${invited.name} (Tangchat ID console)`,
    existing: [],
  });
}

/** POST /console/invitations/:token: registers the passkey, uses the invitation up, signs in. */
export async function submitInvitation(ctx: Context, app: AccountsApp): Promise<void> {
  const invited = await readInvitation(ctx, app);
  if (!invited) return gonePage(ctx, app);
  const verified = await verifyNewPasskey(
    app,
    { purpose: 'officer_register', subject: invited.id },
    ctx.state.body.fields.credential?.[0],
  );
  if (!verified.ok) return invitedPage(ctx, app, invited, true);
  const { passkey } = verified;
  const accepted = await transact(app.db, async (tx) => {
    if (!(await useInvitation(tx, invited.id, app.clock.now()))) return false;
    const key = await app.cipher.openDataKey(tx, invited.dataKeyId);
    const passkeyId = await savePasskey(tx, app, {
      accountId: invited.accountId,
      key,
      passkey,
      label: defaultLabel(app.languages.translator(ctx.state.lang), passkey.aaguid, 1),
      officer: true,
    });
    if (!passkeyId) throw new Fault('conflict');
    await startPasskeySession(tx, app, ctx, {
      kind: 'officer',
      accountId: invited.accountId,
      passkeyId,
      userVerified: true,
      backupEligible: passkey.backupEligible,
    });
    return true;
  });
  if (!accepted) return gonePage(ctx, app);
  seeOther(ctx, '/console');
}

interface Invited {
  id: RowId;
  accountId: AccountId;
  token: string;
  dataKeyId: Parameters<AccountsApp['cipher']['openDataKey']>[1];
  userHandle: Buffer;
  name: string;
}

async function readInvitation(ctx: Context, app: AccountsApp): Promise<Invited | null> {
  const { token = '' } = ctx.state.params;
  const invitation = await findInvitation(
    app.db,
    digestToken(app.keys.tokenDigestKey, token),
    app.clock.now(),
  );
  const account = invitation ? await findAccountRow(app.db, invitation.accountId) : null;
  if (!invitation || account?.state !== 'active' || !account.displayName) return null;
  const key = await app.cipher.openDataKey(app.db, account.dataKeyId);
  const place = { table: 'accounts', column: 'display_name', row: account.id };
  return {
    ...invitation,
    token,
    dataKeyId: account.dataKeyId,
    userHandle: account.userHandle,
    name: key.decryptText(place, account.displayName),
  };
}

async function signInPage(
  ctx: Context,
  app: AccountsApp,
  model: { returnTo: string; refused: boolean },
): Promise<void> {
  await page(ctx, app, {
    view: consoleSignInPage,
    model,
    title: 'accounts.console.title',
    area: 'plain',
    status: model.refused ? 422 : 200,
  });
}

async function invitedPage(
  ctx: Context,
  app: AccountsApp,
  invited: Invited,
  refused: boolean,
): Promise<void> {
  await page(ctx, app, {
    view: invitationPage,
    model: { name: invited.name, path: `/console/invitations/${invited.token}`, refused },
    title: 'accounts.invitation.title',
    area: 'plain',
    status: refused ? 422 : 200,
  });
}

async function gonePage(ctx: Context, app: AccountsApp): Promise<void> {
  await page(ctx, app, {
    view: invitationGonePage,
    model: {},
    title: 'accounts.invitation.gone_title',
    area: 'plain',
    status: 410,
  });
}
