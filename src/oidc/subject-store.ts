import type { Db, Tx } from '../lib/database.ts';
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

/** Every sub of an account, with whether a service of that agency has a consent in force. */
export async function listSubjects(
  db: Db | Tx,
  accountId: AccountId,
): Promise<{ agencyId: AgencyId; sub: string; consented: boolean }[]> {
  const rows = await db('oidc_subjects as s')
    .where('s.account_id', accountId)
    .orderBy('s.agency_id')
    .select('s.agency_id', 's.sub')
    .select(
      db.raw(
        `exists (select 1 from oidc_consents c join services v on v.client_id = c.service_id
            where (c.account_id = s.account_id or c.ward_account_id = s.account_id)
              and v.agency_id = s.agency_id and c.ended_at is null) as consented`,
      ),
    );
  return rows.map((row) => ({
    agencyId: row.agency_id as AgencyId,
    sub: row.sub as string,
    consented: row.consented as boolean,
  }));
}
