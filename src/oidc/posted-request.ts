import { Fault } from '../lib/fault.ts';
import { parseBody } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { refuseMalformed, refuseRequest } from './well-formed-request.ts';

/** As much as goes into a request line everywhere; what is longer is pushed (RFC 9126). */
const MAX_QUERY = 8 * 1024;

/**
 * OIDC Core §3.1.2.1 lets a service post its request. A post from another site brings no cookie of ours (SameSite
 * Lax), so it is turned into the same request by GET, which does: whoever is signed in stays so.
 */
export async function takePosted(app: WebApp, ctx: Context): Promise<void> {
  const fields = await readFields(ctx);
  const pairs = fields === null ? [] : pairsOf(fields);
  const query = new URLSearchParams(pairs).toString();
  if (fields === null || query.length > MAX_QUERY)
    return refuseRequest(app, ctx, 'the request is too long: push it (RFC 9126)');
  if (await refuseMalformed(app, ctx, pairs)) return;
  ctx.status = 303;
  ctx.redirect(`${ctx.path}?${query}`);
}

/** Null where there is more than any request of ours holds. */
async function readFields(ctx: Context): Promise<Record<string, string[]> | null> {
  try {
    return (await parseBody(ctx)).fields;
  } catch (error) {
    if (error instanceof Fault && error.code === 'too_large') return null;
    throw error;
  }
}

const pairsOf = (fields: Record<string, string[]>): [string, string][] =>
  Object.entries(fields).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
