import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import { findAccountPerson, findLink, findPersonFate, listMergedInto } from './store.ts';

/** Merges of merges; a ring is impossible (merge-persons.ts), and this ends one all the same. */
const LONGEST_CHAIN = 16;

/** Who a person is now: themselves, or at the end of all merges the one whose number counts. */
export async function survivorOf(db: Db | Tx, personId: PersonId): Promise<PersonId> {
  let current = personId;
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const fate = await findPersonFate(db, current);
    if (!fate?.mergedInto) return current;
    current = fate.mergedInto;
  }
  throw new Error('Persons are merged in a ring.');
}

/**
 * The account by which the holder of `accountId` signs in now. After a merge a service may still hold the sub of the other
 * account: both stay valid aliases of one person (DESIGN section 4), and the survivor's account answers for both.
 */
export async function accountInForce(db: Db | Tx, accountId: AccountId): Promise<AccountId> {
  const personId = await findAccountPerson(db, accountId);
  if (personId === null) return accountId;
  const survivor = await survivorOf(db, personId);
  if (survivor === personId) return accountId;
  return (await findLink(db, survivor))?.accountId ?? accountId;
}

/** Whom a person was merged into, and who was merged into them; only the next step of each. */
export async function mergedWith(
  db: Db | Tx,
  personId: PersonId,
): Promise<{ into: PersonId | null; from: PersonId[] }> {
  // One after the other: `db` may be a transaction, which has one connection.
  const fate = await findPersonFate(db, personId);
  const from = await listMergedInto(db, personId);
  return { into: fate?.mergedInto ?? null, from };
}
