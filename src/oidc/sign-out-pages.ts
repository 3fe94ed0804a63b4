import type { KoaContextWithOIDC } from 'oidc-provider';
import { signOutPage, signedOutPage } from '../../views/oidc/sign-out.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { serviceOf } from './services.ts';

/** The library's form holds a token against forged posts; the page needs only that. */
const XSRF = /name="xsrf" value="([\w-]+)"/;

/** Asks whether to sign out everywhere, or at this service alone (RP-Initiated Logout 1.0 §2). */
export async function showSignOut(
  app: WebApp,
  ctx: KoaContextWithOIDC,
  form: string,
): Promise<void> {
  const xsrf = XSRF.exec(form)?.[1];
  if (xsrf === undefined) throw new Error('The sign-out form has another shape than expected.');
  await page(ctx as unknown as Context, app, {
    view: signOutPage,
    model: {
      action: new URL(ctx.oidc.urlFor('end_session_confirm')).pathname,
      xsrf,
      service: ctx.oidc.client ? serviceOf(ctx.oidc.client).name : null,
    },
    title: 'oidc.sign_out.title',
    area: 'plain',
  });
}

/** Where people land who signed out without an address to go to. */
export async function showSignedOut(app: WebApp, ctx: KoaContextWithOIDC): Promise<void> {
  await page(ctx as unknown as Context, app, {
    view: signedOutPage,
    model: { service: ctx.oidc.client ? serviceOf(ctx.oidc.client).name : null },
    title: 'oidc.signed_out.title',
    area: 'plain',
  });
}
