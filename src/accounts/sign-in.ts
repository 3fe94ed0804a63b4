import { signInPage } from '../../views/accounts/sign-in.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Context } from '../web/context.ts';
import { ownPath } from '../web/own-path.ts';
import { page } from '../web/page.ts';
import { countCall, countCaller } from '../web/rate-limit.ts';
import { endSession } from '../web/sessions.ts';
import { clearFailedAttempts, findAccountRow, updateAccountLang } from './account-store.ts';
import type { AccountKind } from './account-store.ts';
import type { AccountsApp } from './accounts-app.ts';
import { startPasskeySession } from './create-account.ts';
import { signInOptions } from './passkey-options.ts';
import { listPasskeyRows, recordPasskeyUse } from './passkey-store.ts';
import { seeOther } from './see-other.ts';
import { verifyPasskeyUse } from './verify-passkey.ts';

const TRIES = { name: 'sign-in', calls: 60, windowSeconds: 300 };
// A browser can forget its name; a network behind which a whole dormitory sits can't.
const CHALLENGES = { name: 'sign-in-challenges', calls: 1200, windowSeconds: 300 };

/** GET /sign-in: `return_to` goes on at a path of ours; `again=1` asks for the passkey though a session lives. */
export async function showSignIn(ctx: Context, app: AccountsApp): Promise<void> {
  const returnTo = ownPath(ctx.query.return_to, '/home');
  const again = ctx.query.again === '1';
  const session = ctx.state.sessions.subscriber;
  if (session && !again) return ctx.redirect(returnTo);
  await page(ctx, app, {
    view: signInPage,
    model: { returnTo, again: again && session !== null, refused: false },
    title: 'accounts.sign_in.title',
    area: 'plain',
  });
}

/** POST /sign-in/options: usernameless; with a session, the passkeys of its account. */
export async function signInChallenge(ctx: Context, app: AccountsApp): Promise<void> {
  await countCall(app, TRIES, ctx.state.browserId);
  await countCaller(ctx, app, CHALLENGES);
  const session = ctx.state.sessions.subscriber;
  ctx.body = await signInOptions(app, {
    purpose: 'sign_in',
    subject: ctx.state.browserId,
    ...(session ? { allowed: await listPasskeyRows(app.db, session.accountId) } : {}),
  });
}

/** POST /sign-in: one message for every refusal, whatever its cause. */
export async function submitSignIn(ctx: Context, app: AccountsApp): Promise<void> {
  const { fields } = ctx.state.body;
  const returnTo = ownPath(fields.return_to?.[0], '/home');
  await countCall(app, TRIES, ctx.state.browserId);
  if (await signInWithPasskey(app, ctx, { kind: 'subscriber', purpose: 'sign_in' }))
    return seeOther(ctx, returnTo);
  await page(ctx, app, {
    view: signInPage,
    model: { returnTo, again: fields.again?.[0] === '1', refused: true },
    title: 'accounts.sign_in.title',
    area: 'plain',
    status: 422,
  });
}

/** POST /sign-out */
export async function signOut(ctx: Context, app: AccountsApp): Promise<void> {
  await endOwnSession(ctx, app, 'subscriber');
  seeOther(ctx, '/');
}

/** Ends the browser's own session with its audit row. */
export async function endOwnSession(
  ctx: Context,
  app: AccountsApp,
  kind: AccountKind,
): Promise<void> {
  const session = ctx.state.sessions[kind];
  await transact(app.db, async (tx) => {
    await endSession(ctx, app, kind, 'signed_out', tx);
    if (!session) return;
    await appendAudit(tx, app, {
      action: 'accounts.signed_out',
      actor: { kind: kind === 'officer' ? 'officer' : 'account', id: session.accountId },
      subject: { kind: 'account', id: session.accountId },
      details: {},
    });
  });
}

/**
 * Verifies the posted passkey and starts a session of `kind`; false on any refusal. What a known passkey was
 * refused for is in the audit trail, never on the page.
 */
export async function signInWithPasskey(
  app: AccountsApp,
  ctx: Context,
  wanted: { kind: AccountKind; purpose: 'sign_in' | 'officer_sign_in' },
): Promise<boolean> {
  const verified = await verifyPasskeyUse(
    app,
    { purpose: wanted.purpose, subject: ctx.state.browserId },
    ctx.state.body.fields.credential?.[0],
  );
  const passkey = verified.ok ? verified.use.passkey : verified.passkey;
  if (!passkey) return false;
  const refuse = async (reason: string) => {
    await transact(app.db, (tx) =>
      appendAudit(tx, app, {
        action: 'accounts.sign_in_refused',
        actor: { kind: 'holder', id: null },
        subject: { kind: 'account', id: passkey.accountId },
        details: { reason },
      }),
    );
    return false;
  };
  if (!verified.ok) return refuse(verified.reason);
  const { use } = verified;
  const account = await findAccountRow(app.db, passkey.accountId);
  if (!account?.userHandle.equals(use.userHandle)) return refuse('wrong_holder');
  if (account.kind !== wanted.kind) return refuse('wrong_kind');
  if (account.state !== 'active') return refuse(account.state);
  const signedIn = await transact(app.db, async (tx) => {
    const at = app.clock.now();
    if (!(await recordPasskeyUse(tx, { ...use, id: passkey.id, at }))) return false;
    await clearFailedAttempts(tx, account.id);
    await updateAccountLang(tx, account.id, ctx.state.lang);
    await startPasskeySession(tx, app, ctx, {
      kind: wanted.kind,
      accountId: account.id,
      passkeyId: passkey.id,
      userVerified: use.userVerified,
      backupEligible: passkey.backupEligible,
    });
    return true;
  });
  // Two devices answer under one counter: one of them is a copy (WebAuthn §6.1.1).
  return signedIn || refuse('counter_regressed');
}
