import { readCookie } from '../web/cookies.ts';
import type { Context, WebApp } from '../web/context.ts';
import { parseLang } from '../web/languages.ts';

/**
 * `ui_locales` (OIDC Core §3.1.2.1): the first of the service's languages that is one of ours, for a person who has
 * not chosen one here themselves. Their own choice always wins.
 */
export function followUiLocales(ctx: Context, app: WebApp, asked: unknown): void {
  if (typeof asked !== 'string' || parseLang(ctx.query.lang)) return;
  if (parseLang(readCookie(ctx, app, 'lang'))) return;
  const tags = asked.split(' ').map((tag) => parseLang(tag.split('-')[0]?.toLowerCase()));
  ctx.state.lang = tags.find((lang) => lang !== null) ?? ctx.state.lang;
}
