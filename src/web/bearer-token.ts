import type { Context } from './context.ts';

/** The token of the Authorization header (RFC 6750 §2.1), or null where there is none of that form. */
export function bearerToken(ctx: Context): string | null {
  return /^Bearer ([\w.~+/-]{1,512}=*)$/i.exec(ctx.get('authorization'))?.[1] ?? null;
}
