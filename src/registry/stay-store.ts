import type { StayFacts } from '../assurance/stay.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';

/** The recorded stay, locked until the transaction ends; null where there is none yet. */
export async function lockStay(
  tx: Tx,
  personId: PersonId,
): Promise<{
  status: StayFacts['status'];
  admittedUntil: string | null;
  asOf: Date | null;
} | null> {
  const row = await tx('stay_facts')
    .where({ person_id: personId })
    .forUpdate()
    .first('status', 'admitted_until', 'as_of');
  return row
    ? {
        status: row.status as StayFacts['status'],
        admittedUntil: row.admitted_until as string | null,
        asOf: row.as_of as Date | null,
      }
    : null;
}

export async function upsertStay(
  tx: Tx,
  row: { personId: PersonId; stay: StayFacts; at: Date },
): Promise<void> {
  const { stay } = row;
  await tx('stay_facts')
    .insert({
      person_id: row.personId,
      status: stay.status,
      admitted_until: stay.admittedUntil,
      basis: stay.basis,
      as_of: stay.asOf,
      source: stay.source,
      recorded_at: row.at,
    })
    .onConflict('person_id')
    .merge();
}
