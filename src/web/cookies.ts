import type { App } from '../lib/app.ts';
import type { Context } from './context.ts';

/** `__Host-` binds a cookie to this host and to https (RFC 6265bis §4.1.3.2); plain http has no such prefix. */
function nameOf(app: Pick<App, 'config'>, name: string): string {
  return `${app.config.secureCookies ? '__Host-' : ''}tangchat_${name}`;
}

const optionsOf = (app: Pick<App, 'config'>) =>
  ({
    httpOnly: true,
    secure: app.config.secureCookies,
    // Lax, not Strict: the redirect from an agency must find the session.
    sameSite: 'lax',
    path: '/',
    overwrite: true,
  }) as const;

export function readCookie(ctx: Context, app: Pick<App, 'config'>, name: string): string | null {
  return ctx.cookies.get(nameOf(app, name)) ?? null;
}

/** A cookie for as long as the browser runs, or for `maxAgeSeconds`. */
export function setCookie(
  ctx: Context,
  app: Pick<App, 'config'>,
  name: string,
  value: string,
  maxAgeSeconds?: number,
): void {
  const options = optionsOf(app);
  ctx.cookies.set(
    nameOf(app, name),
    value,
    maxAgeSeconds === undefined ? options : { ...options, maxAge: maxAgeSeconds * 1000 },
  );
}

export function clearCookie(ctx: Context, app: Pick<App, 'config'>, name: string): void {
  ctx.cookies.set(nameOf(app, name), null, optionsOf(app));
}
