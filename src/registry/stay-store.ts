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
  abroadSince: string | null;
} | null> {
  const row = await tx('stay_facts')
    .where({ person_id: personId })
    .forUpdate()
    .first('status', 'admitted_until', 'as_of', 'abroad_since');
  return row
    ? {
        status: row.status as StayFacts['status'],
        admittedUntil: row.admitted_until as string | null,
        asOf: row.as_of as Date | null,
        abroadSince: row.abroad_since as string | null,
      }
    : null;
}

export async function upsertStay(
  tx: Tx,
  row: { personId: PersonId; stay: StayFacts; abroadSince: string | null; at: Date },
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
      abroad_since: row.abroadSince,
      recorded_at: row.at,
    })
    .onConflict('person_id')
    .merge();
}

/** What was known of a stay counts no more: it may have been somebody else's. */
export async function forgetStay(tx: Tx, personId: PersonId, at: Date): Promise<void> {
  await tx('stay_facts').where({ person_id: personId }).update({
    status: 'unknown',
    admitted_until: null,
    basis: null,
    as_of: null,
    source: null,
    abroad_since: null,
    recorded_at: at,
  });
}
