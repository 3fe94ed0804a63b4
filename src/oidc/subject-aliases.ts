import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, AgencyId } from '../lib/ids.ts';
import { accountInForce } from '../registry/survivor.ts';
import { findAccountBySubject, findOrInsertSubject, listSubjects } from './subject-store.ts';

/**
 * The account that this agency means by `sub`, or null. A sub of somebody whose record was merged into another stays valid for
 * ever, as an alias: it names the account that answers for both.
 */
export async function accountOfSubject(
  db: Db,
  by: { agencyId: AgencyId; sub: string },
): Promise<AccountId | null> {
  const accountId = await findAccountBySubject(db, by);
  return accountId && accountInForce(db, accountId);
}

/** What every agency calls the holder of an account, and whether a consent is in force there. */
export function subjectsOfAccount(
  db: Db | Tx,
  accountId: AccountId,
): Promise<{ agencyId: AgencyId; sub: string; consented: boolean }[]> {
  return listSubjects(db, accountId);
}

/** The sub of an account at an agency, made now where there was none: what an identifier changes to. */
export function subjectAt(
  app: App,
  by: { agencyId: AgencyId; accountId: AccountId },
): Promise<string> {
  return findOrInsertSubject(app.db, {
    ...by,
    candidate: app.random.token(16),
    at: app.clock.now(),
  });
}
