import type { Db, Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';

/** IDs that ended for good, of persons who are on record still. One that was superseded lives on in another. */
const ENDED = `foreign_ids f join persons p on p.id = f.person_id
  where f.state in ('revoked', 'deceased') and p.erased_at is null`;
const HELD = 'exists (select 1 from held_persons h where h.person_id = p.id)';
/** What `erasePerson` would refuse. */
const FREE = `not exists (select 1 from persons m where m.merged_into = p.id and m.erased_at is null)
  and not exists (select 1 from registry_proposals o where o.state in ('proposed', 'approved')
                   and (o.person_id = p.id or o.other_person_id = p.id))`;

/** Persons whose ID ended before a time and whom nothing keeps, longest ago first. */
export async function listEndedPersons(
  tx: Tx,
  by: { before: Date; limit: number },
): Promise<PersonId[]> {
  const { rows } = await tx.raw<{ rows: { id: PersonId }[] }>(
    `select p.id from ${ENDED} and f.state_since < ? and not (${HELD}) and ${FREE} order by f.state_since limit ?`,
    [by.before, by.limit],
  );
  return rows.map(({ id }) => id);
}

export async function countEndedPersons(
  db: Db | Tx,
  before: Date,
): Promise<{ due: number; held: number; oldest: Date | null }> {
  const { rows } = await db.raw<{ rows: { due: number; held: number; oldest: Date | null }[] }>(
    `select count(*) filter (where f.state_since < :before and not (${HELD})) as due,
            count(*) filter (where f.state_since < :before and ${HELD}) as held, min(f.state_since) as oldest
       from ${ENDED}`,
    { before },
  );
  return rows[0]!;
}
