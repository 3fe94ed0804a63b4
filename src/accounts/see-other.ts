import type { Context } from '../web/context.ts';

/** After a post: go and get that page (RFC 9110 §15.4.4). `path` is one of ours. */
export function seeOther(ctx: Context, path: string): void {
  ctx.redirect(path);
  ctx.status = 303;
}
