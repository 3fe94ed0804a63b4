import type { Account, KoaContextWithOIDC } from 'oidc-provider';
import { parseEmail } from '../../accounts/contact-address.ts';
import { findAccountByAddress } from '../../accounts/find-account.ts';
import type { App } from '../../lib/app.ts';
import { AccountId } from '../../lib/ids.ts';
import { serviceOf } from '../services.ts';
import { accountOfSubject } from '../subject-aliases.ts';

/**
 * Whom the hint of a backchannel request names: a confirmed address, or the `sub` that this agency knows. Nobody is
 * an account too, a random one that does not exist: the request then goes the way of a person who does not answer.
 * CIBA Core §13 would let us say `unknown_user_id`; that tells any service which addresses hold an ID.
 */
export async function hintedAccount(
  app: App,
  ctx: KoaContextWithOIDC,
  hint: string,
): Promise<Account> {
  const address = parseEmail(hint);
  const { agency } = serviceOf(ctx.oidc.client);
  const found =
    address === null
      ? await accountOfSubject(app.db, { agencyId: agency.id, sub: hint })
      : await findAccountByAddress(app.db, app, address);
  const accountId = found ?? AccountId.make(app);
  return { accountId, claims: () => ({ sub: accountId }) };
}
