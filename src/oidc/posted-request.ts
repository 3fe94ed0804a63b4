import { parseBody } from '../web/body.ts';
import type { Context } from '../web/context.ts';

/**
 * OIDC Core §3.1.2.1 lets a service post its request. A post from another site brings no cookie of ours (SameSite
 * Lax), so it is turned into the same request by GET, which does: whoever is signed in stays so.
 */
export async function takePosted(ctx: Context): Promise<void> {
  const { fields } = await parseBody(ctx);
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(fields))
    for (const value of values) query.append(name, value);
  ctx.status = 303;
  ctx.redirect(`${ctx.path}?${query.toString()}`);
}
