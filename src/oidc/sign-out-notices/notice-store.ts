import type { Db } from '../../lib/database.ts';
import type { AccountId, SessionId } from '../../lib/ids.ts';

/** What the library remembers of a browser whose session of ours ended. */
export interface EndedBrowser {
  uid: string;
  accountId: AccountId;
  payload: Buffer;
}

/**
 * The library's sessions that stood on a session of ours, or on one that it took the place of: a step-up replaces ours
 * while the library's still names the former. None where the session was only replaced and goes on.
 */
export async function listEndedBrowsers(db: Db, id: SessionId): Promise<EndedBrowser[]> {
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(
    `with recursive ended as (
       select id from sessions where id = ? and ended_at is not null and replaced_by is null
       union select s.id from sessions s join ended e on s.replaced_by = e.id
     )
     select o.uid, o.account_id, o.payload
       from oidc_sessions o join ended e on o.web_session_id = e.id
      where o.account_id is not null`,
    [id],
  );
  return rows.map((row) => ({
    uid: row.uid as string,
    accountId: row.account_id as AccountId,
    payload: row.payload as Buffer,
  }));
}
