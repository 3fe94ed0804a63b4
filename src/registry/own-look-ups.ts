import type { Db, Tx } from '../lib/database.ts';
import type { AccountId } from '../lib/ids.ts';
import { listAlarms, listLookUps } from './number-look-up-store.ts';
import type { LookUpAlarm, LookUpRow } from './number-look-up-store.ts';
import { findAccountPerson } from './store.ts';
import { mergedWith, survivorOf } from './survivor.ts';

/** Which services asked about the holder's number, also where they were told nothing; latest first. */
export async function lookUpsOf(
  db: Db | Tx,
  by: { accountId: AccountId; limit: number },
): Promise<LookUpRow[]> {
  const own = await findAccountPerson(db, by.accountId);
  if (own === null) return [];
  const personId = await survivorOf(db, own);
  // What was asked about a number before it was merged is the survivor's to know.
  const { from } = await mergedWith(db, personId);
  return listLookUps(db, { personIds: [personId, ...from], limit: by.limit });
}

/** Services that seem to try numbers out, latest first: for security officers. */
export function lookUpAlarms(
  db: Db | Tx,
  by: { since: Date; limit: number },
): Promise<LookUpAlarm[]> {
  return listAlarms(db, by);
}
