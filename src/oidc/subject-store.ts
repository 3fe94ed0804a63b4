import type { Db } from '../lib/database.ts';
import type { AccountId, AgencyId } from '../lib/ids.ts';

/** The stored subject, or `candidate` stored now: whoever comes first decides, on whatever node. */
export async function findOrInsertSubject(
  db: Db,
  row: { agencyId: AgencyId; accountId: AccountId; candidate: string; at: Date },
): Promise<string> {
  const known = await db('oidc_subjects')
    .where({ agency_id: row.agencyId, account_id: row.accountId })
    .first('sub');
  if (known) return known.sub as string;
  const rows = await db('oidc_subjects')
    .insert({
      agency_id: row.agencyId,
      account_id: row.accountId,
      sub: row.candidate,
      created_at: row.at,
    })
    .onConflict(['agency_id', 'account_id'])
    .merge({ agency_id: row.agencyId })
    .returning('sub');
  return rows[0]!.sub as string;
}

/** The account that this agency knows by `sub`, or null. */
export async function findAccountBySubject(
  db: Db,
  by: { agencyId: AgencyId; sub: string },
): Promise<AccountId | null> {
  const row = await db('oidc_subjects')
    .where({ agency_id: by.agencyId, sub: by.sub })
    .first('account_id');
  return row ? (row.account_id as AccountId) : null;
}
