import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, OfficerId, PersonId, RowId } from '../lib/ids.ts';

export type GuardianBasis = 'parent' | 'adoptive_parent' | 'court_appointed' | 'institution';
export type GuardianProof =
  | 'birth_certificate'
  | 'adoption_order'
  | 'court_order'
  | 'civil_registration';
export type GuardianshipEnd = 'withdrawn' | 'court_order' | 'guardian_died' | 'recorded_in_error';

/** Who may act for which child. */
export interface Guardianship {
  id: RowId;
  guardianPersonId: PersonId;
  guardianAccountId: AccountId;
  childAccountId: AccountId;
  basis: GuardianBasis;
  declaredAt: Date;
  verified: { how: GuardianProof; by: OfficerId; at: Date } | null;
  /** The first day on which it no longer holds, `YYYY-MM-DD`; null until the child is proven. */
  endsOn: string | null;
  endedAt: Date | null;
}

const COLUMNS = [
  'id',
  'guardian_person_id',
  'guardian_account_id',
  'child_account_id',
  'basis',
  'declared_at',
  'verified_how',
  'verified_by',
  'verified_at',
  'ended_at',
] as const;

export async function insertGuardianship(
  tx: Tx,
  row: Pick<
    Guardianship,
    'id' | 'guardianPersonId' | 'guardianAccountId' | 'childAccountId' | 'basis' | 'declaredAt'
  >,
): Promise<void> {
  await tx('guardianships').insert({
    id: row.id,
    guardian_person_id: row.guardianPersonId,
    guardian_account_id: row.guardianAccountId,
    child_account_id: row.childAccountId,
    basis: row.basis,
    declared_at: row.declaredAt,
  });
}

/** Those that have not ended, by whoever acts or by the child; the oldest first. */
export async function listGuardianships(
  db: Db | Tx,
  of: { guardianAccountId: AccountId } | { childAccountId: AccountId },
): Promise<Guardianship[]> {
  const rows = await db('guardianships')
    .where(
      'guardianAccountId' in of
        ? { guardian_account_id: of.guardianAccountId }
        : { child_account_id: of.childAccountId },
    )
    .whereNull('ended_at')
    .orderBy('declared_at')
    // As text: a date has no time, and no time zone to lose a day in.
    .select(...COLUMNS, db.raw('ends_on::text as ends_on'));
  return rows.map(toGuardianship);
}

/** One that has not ended. */
export async function findGuardianship(
  db: Db | Tx,
  given: { guardianAccountId: AccountId; childAccountId: AccountId },
): Promise<Guardianship | null> {
  const found = await listGuardianships(db, { childAccountId: given.childAccountId });
  return found.find((row) => row.guardianAccountId === given.guardianAccountId) ?? null;
}

export async function setVerified(
  tx: Tx,
  given: { id: RowId; how: GuardianProof; document: Buffer; by: OfficerId; at: Date },
): Promise<boolean> {
  const rows = await tx('guardianships')
    .where({ id: given.id })
    .whereNull('verified_at')
    .whereNull('ended_at')
    .update({
      verified_how: given.how,
      document: given.document,
      verified_by: given.by,
      verified_at: given.at,
    });
  return rows === 1;
}

export async function setEndsOn(tx: Tx, childAccountId: AccountId, endsOn: string): Promise<void> {
  await tx('guardianships')
    .where({ child_account_id: childAccountId })
    .whereNull('ended_at')
    .update({ ends_on: endsOn });
}

export async function endGuardianship(
  tx: Tx,
  given: { id: RowId; reason: GuardianshipEnd; at: Date },
): Promise<boolean> {
  const rows = await tx('guardianships')
    .where({ id: given.id })
    .whereNull('ended_at')
    .update({ ended_at: given.at, end_reason: given.reason });
  return rows === 1;
}

/** A condition on `account`: somebody of theirs is verified, and not of age at `at` (days count in Thailand). */
export function hasWardsSql(account: string, at: string): string {
  return `exists (select 1 from guardianships gu
     where gu.guardian_account_id = ${account} and gu.ended_at is null and gu.verified_at is not null
       and gu.ends_on > (${at}::timestamptz at time zone 'Asia/Bangkok')::date)`;
}

function toGuardianship(row: Record<string, unknown>): Guardianship {
  return {
    id: row.id as RowId,
    guardianPersonId: row.guardian_person_id as PersonId,
    guardianAccountId: row.guardian_account_id as AccountId,
    childAccountId: row.child_account_id as AccountId,
    basis: row.basis as GuardianBasis,
    declaredAt: row.declared_at as Date,
    verified: row.verified_at
      ? {
          how: row.verified_how as GuardianProof,
          by: row.verified_by as OfficerId,
          at: row.verified_at as Date,
        }
      : null,
    endsOn: row.ends_on as string | null,
    endedAt: row.ended_at as Date | null,
  };
}
