import { z } from 'zod';
import { createCodePage, createPage, createPasskeyPage } from '../../views/accounts/create.ts';
import { Fault } from '../lib/fault.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { clearCookie, readCookie, setCookie } from '../web/cookies.ts';
import { ownPath } from '../web/own-path.ts';
import { page } from '../web/page.ts';
import { callerOf, countCall, countCaller } from '../web/rate-limit.ts';
import type { AccountsApp } from './accounts-app.ts';
import { addressKeyOf, parseEmail } from './contact-address.ts';
import { createAccount } from './create-account.ts';
import { newPasskeyOptions } from './passkey-options.ts';
import {
  addressOf,
  beginRegistration,
  confirmCode,
  readRegistration,
  REGISTRATION_SECONDS,
} from './registration.ts';
import type { Registration } from './registration-store.ts';
import { seeOther } from './see-other.ts';
import { verifyNewPasskey } from './verify-passkey.ts';

const COOKIE = 'registration';
// By address and network: a stranger who asks for mails to somebody else's address does not use up the owner's.
const MAILS_TO_ADDRESS_FROM_NETWORK = { name: 'mail-to-from', calls: 6, windowSeconds: 3600 };
const MAILS_TO_ADDRESS = { name: 'mail-to-address', calls: 60, windowSeconds: 3600 };
// One network may be a whole dormitory or airport hall.
const MAILS_FROM_NETWORK = { name: 'mail-from-network', calls: 300, windowSeconds: 3600 };

/** GET /create: which address shall notices go to? */
export async function showCreate(ctx: Context, app: AccountsApp): Promise<void> {
  const returnTo = ownPath(ctx.query.return_to, '/home');
  if (ctx.state.sessions.subscriber) return ctx.redirect(returnTo);
  const registration = await current(ctx, app);
  const email = registration ? await addressOf(app, registration) : '';
  await page(ctx, app, {
    view: createPage,
    model: { email, returnTo, error: null },
    title: 'accounts.create.title',
  });
}

/** POST /create: mails a code, or that the address has an account; this page can't be told which. */
export async function submitCreate(ctx: Context, app: AccountsApp): Promise<void> {
  const form = readForm(
    ctx,
    z.object({ email: z.string().default(''), return_to: z.string().optional() }),
  );
  const email = form.ok ? form.value.email : '';
  const returnTo = ownPath(form.ok ? form.value.return_to : null, '/home');
  const address = parseEmail(email);
  if (!address) {
    await page(ctx, app, {
      view: createPage,
      model: {
        email,
        returnTo,
        error: email.trim() === '' ? 'common.form.required' : 'accounts.create.email_invalid',
      },
      title: 'accounts.create.title',
      status: 422,
    });
    return;
  }
  const addressKey = addressKeyOf(app, address).toString('base64url');
  await countCaller(ctx, app, MAILS_FROM_NETWORK);
  await countCall(app, MAILS_TO_ADDRESS_FROM_NETWORK, `${addressKey} ${callerOf(ctx)}`);
  await countCall(app, MAILS_TO_ADDRESS, addressKey);
  const { token } = await beginRegistration(app, { address, lang: ctx.state.lang, returnTo });
  setCookie(ctx, app, COOKIE, token, REGISTRATION_SECONDS);
  seeOther(ctx, '/create/code');
}

/** GET /create/code: what did the mail say? */
export async function showCreateCode(ctx: Context, app: AccountsApp): Promise<void> {
  const registration = await current(ctx, app);
  if (!registration) return ctx.redirect('/create');
  if (registration.confirmedAt) return ctx.redirect('/create/passkey');
  await codePage(ctx, app, registration, null);
}

/** POST /create/code */
export async function submitCreateCode(ctx: Context, app: AccountsApp): Promise<void> {
  const registration = await current(ctx, app);
  if (!registration) return seeOther(ctx, '/create');
  if (registration.confirmedAt) return seeOther(ctx, '/create/passkey');
  const form = readForm(ctx, z.object({ code: z.string().default('') }));
  const typed = form.ok ? form.value.code : '';
  const code = typed.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(code))
    return codePage(ctx, app, registration, {
      key: code === '' ? 'common.form.required' : 'accounts.create.code_format',
      typed,
    });
  const result = await confirmCode(app, registration, code);
  if (result.ok) return seeOther(ctx, '/create/passkey');
  await codePage(
    ctx,
    app,
    registration,
    result.reason === 'wrong'
      ? { key: 'accounts.create.code_wrong', typed, triesLeft: result.triesLeft }
      : { key: 'accounts.create.code_gone', typed },
  );
}

/** GET /create/passkey */
export async function showCreatePasskey(ctx: Context, app: AccountsApp): Promise<void> {
  const registration = await current(ctx, app);
  if (!registration) return ctx.redirect('/create');
  if (!registration.confirmedAt) return ctx.redirect('/create/code');
  await passkeyPage(ctx, app, null);
}

/** POST /create/passkey/options: the WebAuthn options as JSON. */
export async function createPasskeyOptions(ctx: Context, app: AccountsApp): Promise<void> {
  const registration = await current(ctx, app);
  if (!registration?.confirmedAt) throw new Fault('gone');
  ctx.body = await newPasskeyOptions(app, {
    purpose: 'register',
    subject: registration.id,
    userHandle: registration.userHandle,
    userName: await addressOf(app, registration),
    existing: [],
  });
}

/** POST /create/passkey: verifies it, makes the account and signs it in. */
export async function submitCreatePasskey(ctx: Context, app: AccountsApp): Promise<void> {
  const registration = await current(ctx, app);
  if (!registration) return seeOther(ctx, '/create');
  if (!registration.confirmedAt) return seeOther(ctx, '/create/code');
  const verified = await verifyNewPasskey(
    app,
    { purpose: 'register', subject: registration.id },
    ctx.state.body.fields.credential?.[0],
  );
  const session = verified.ok
    ? await createAccount(app, ctx, { registration, passkey: verified.passkey })
    : null;
  if (!session) return passkeyPage(ctx, app, 'accounts.passkey.not_made');
  clearCookie(ctx, app, COOKIE);
  seeOther(ctx, registration.returnTo);
}

function current(ctx: Context, app: AccountsApp): Promise<Registration | null> {
  return readRegistration(app, readCookie(ctx, app, COOKIE));
}

async function codePage(
  ctx: Context,
  app: AccountsApp,
  registration: Registration,
  error: { key: string; typed: string; triesLeft?: number } | null,
): Promise<void> {
  await page(ctx, app, {
    view: createCodePage,
    model: {
      email: await addressOf(app, registration),
      minutes: Math.floor(app.config.CONTACT_CODE_SECONDS / 60),
      returnTo: registration.returnTo,
      error,
      sandboxMailbox: app.config.SMTP_URL === undefined,
    },
    title: 'accounts.create.code_title',
    status: error ? 422 : 200,
  });
}

async function passkeyPage(ctx: Context, app: AccountsApp, error: string | null): Promise<void> {
  await page(ctx, app, {
    view: createPasskeyPage,
    model: { error },
    title: 'accounts.create.passkey_title',
    status: error ? 422 : 200,
  });
}
