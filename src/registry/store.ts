import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, CaseId, DataKeyId, PersonId } from '../lib/ids.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import type { SealedPerson } from './sealed-person.ts';

/**
 * Waits for every other transaction that holds one of `keys`, and holds them until this one ends. Taken in one
 * order by everybody, so that two that share some never wait for each other.
 */
export async function lockKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.raw(
    `select pg_advisory_xact_lock(key)
       from (select distinct hashtextextended(name, 0) as key from unnest(?::text[]) as name
              order by key offset 0) as keys`,
    [[...keys]],
  );
}

export async function insertPerson(
  tx: Tx,
  row: { id: PersonId; dataKeyId: DataKeyId; sealed: SealedPerson; at: Date },
): Promise<void> {
  await tx('persons').insert({
    id: row.id,
    data_key_id: row.dataKeyId,
    ...row.sealed,
    created_at: row.at,
    updated_at: row.at,
  });
}

/** The person's attributes as the latest proven document tells them. */
export async function updatePerson(
  tx: Tx,
  row: { id: PersonId; sealed: SealedPerson; at: Date },
): Promise<void> {
  await tx('persons')
    .where({ id: row.id })
    .update({ ...row.sealed, updated_at: row.at });
}

/** Earlier name keys stay: a person is also found by the name of an earlier document. */
export async function insertNameKeys(
  tx: Tx,
  personId: PersonId,
  keys: readonly Buffer[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx('person_name_keys')
    .insert(keys.map((key) => ({ person_id: personId, name_key: key })))
    .onConflict(['person_id', 'name_key'])
    .ignore();
}

export async function insertPersonAccount(
  tx: Tx,
  row: { accountId: AccountId; personId: PersonId; caseId: CaseId; at: Date },
): Promise<void> {
  await tx('person_accounts').insert({
    account_id: row.accountId,
    person_id: row.personId,
    case_id: row.caseId,
    linked_at: row.at,
  });
}

/** Gives the person to another account; the former one, or null where there was none. */
export async function movePersonAccount(
  tx: Tx,
  row: { personId: PersonId; accountId: AccountId; caseId: CaseId; at: Date },
): Promise<AccountId | null> {
  const [former]: { account_id: AccountId }[] = await tx('person_accounts')
    .where({ person_id: row.personId })
    .delete()
    .returning('account_id');
  await insertPersonAccount(tx, row);
  return former?.account_id ?? null;
}

export async function findAccountPerson(
  db: Db | Tx,
  accountId: AccountId,
): Promise<PersonId | null> {
  const row = await db('person_accounts').where({ account_id: accountId }).first('person_id');
  return (row?.person_id as PersonId | undefined) ?? null;
}

const PERSON_FIELDS = [
  'primary_identifier',
  'secondary_identifier',
  'full_name_printed',
  'date_of_birth',
  'sex',
  'nationality',
] as const;

/** The encrypted attributes of a person. */
export async function findPerson(db: Db | Tx, personId: PersonId): Promise<SealedPerson | null> {
  const row = await db('persons')
    .where({ id: personId })
    .first(...PERSON_FIELDS);
  return (row as SealedPerson | undefined) ?? null;
}

export async function findPersonDataKey(
  db: Db | Tx,
  personId: PersonId,
): Promise<DataKeyId | null> {
  const row = await db('persons').where({ id: personId }).first('data_key_id');
  return (row?.data_key_id as DataKeyId | undefined) ?? null;
}

/** A person merged into another, or erased: who they are now. Null where there is no such person. */
export async function findPersonFate(
  db: Db | Tx,
  personId: PersonId,
): Promise<{ mergedInto: PersonId | null; mergedAt: Date | null; erasedAt: Date | null } | null> {
  const row = await db('persons')
    .where({ id: personId })
    .first('merged_into', 'merged_at', 'erased_at');
  return row
    ? {
        mergedInto: row.merged_into as PersonId | null,
        mergedAt: row.merged_at as Date | null,
        erasedAt: row.erased_at as Date | null,
      }
    : null;
}

/** Says that a person goes by another one's number from `at` on; null for both takes that back. */
export async function setMergedInto(
  tx: Tx,
  row: { personId: PersonId; mergedInto: PersonId | null; at: Date | null },
): Promise<void> {
  await tx('persons')
    .where({ id: row.personId })
    .update({ merged_into: row.mergedInto, merged_at: row.at });
}

/** Everybody who goes by this person's number. */
export async function listMergedInto(db: Db | Tx, personId: PersonId): Promise<PersonId[]> {
  const rows = await db('persons').where({ merged_into: personId }).select('id');
  return rows.map((row) => row.id as PersonId);
}

/** Marks a person as erased, and takes away all that a name or an account finds them by. Digests of documents and number stay. */
export async function markErased(tx: Tx, personId: PersonId, at: Date): Promise<AccountId | null> {
  await tx('persons').where({ id: personId }).update({ erased_at: at });
  await tx('person_name_keys').where({ person_id: personId }).delete();
  const [link]: { account_id: AccountId }[] = await tx('person_accounts')
    .where({ person_id: personId })
    .delete()
    .returning('account_id');
  return link?.account_id ?? null;
}

/** An erased person who proved themselves anew: a key of their own again. */
export async function markReturned(
  tx: Tx,
  row: { id: PersonId; dataKeyId: DataKeyId; sealed: SealedPerson; at: Date },
): Promise<void> {
  await tx('persons')
    .where({ id: row.id })
    .update({ data_key_id: row.dataKeyId, erased_at: null, ...row.sealed, updated_at: row.at });
}

/** Drops every name key, for a person whose documents changed. */
export async function deleteNameKeys(tx: Tx, personId: PersonId): Promise<void> {
  await tx('person_name_keys').where({ person_id: personId }).delete();
}

/** A person as look-ups tell of them. */
export interface Link {
  personId: PersonId;
  accountId: AccountId | null;
  /** `none` at IAL1, which binds no number. */
  idState: ForeignIdState | 'none';
}

const LINK = ['p.id as person_id', 'a.account_id', 'f.state'];

function linked(db: Db | Tx) {
  return db('persons as p')
    .leftJoin('foreign_ids as f', 'f.person_id', 'p.id')
    .leftJoin('person_accounts as a', 'a.person_id', 'p.id');
}

function toLink(row: { person_id: string; account_id: string | null; state: string | null }): Link {
  return {
    personId: row.person_id as PersonId,
    accountId: row.account_id as AccountId | null,
    idState: (row.state as ForeignIdState | null) ?? 'none',
  };
}

export async function findLink(db: Db | Tx, personId: PersonId): Promise<Link | null> {
  const row = await linked(db)
    .where('p.id', personId)
    .first(...LINK);
  return row ? toLink(row) : null;
}

/** More look-alikes than an officer can weigh: a common name and an unknown day of birth. */
export const MOST_CANDIDATES = 50;

/** Who has one of the keys, with what finds out more: the exact ones first. One query, for the search runs at every issue. */
export async function listByNameKeys(
  db: Db | Tx,
  keys: { exact: readonly Buffer[]; near: readonly Buffer[] },
): Promise<FoundByName[]> {
  const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(
    `select p.id as person_id, a.account_id, f.state, p.merged_into, found.exact, p.data_key_id, k.wrapped_key,
            ${PERSON_FIELDS.map((field) => `p.${field}`).join(', ')}
       from (select person_id, bool_or(name_key = any(:exact::bytea[])) as exact from person_name_keys
              where name_key = any(:exact::bytea[] || :near::bytea[])
              group by person_id order by exact desc, person_id limit :most) as found
       join persons p on p.id = found.person_id
       join data_keys k on k.id = p.data_key_id
       left join foreign_ids f on f.person_id = p.id
       left join person_accounts a on a.person_id = p.id
      order by found.exact desc, p.id`,
    { exact: [...keys.exact], near: [...keys.near], most: MOST_CANDIDATES },
  );
  return rows.map((row) => ({
    found: toLink(row as Parameters<typeof toLink>[0]),
    exact: row.exact as boolean,
    mergedInto: row.merged_into as PersonId | null,
    dataKeyId: row.data_key_id as DataKeyId,
    wrappedKey: row.wrapped_key as Buffer | null,
    sealed: row as unknown as SealedPerson,
  }));
}

export interface FoundByName {
  found: Link;
  /** By a form of the name with the whole birth date, not by a part of it. */
  exact: boolean;
  mergedInto: PersonId | null;
  dataKeyId: DataKeyId;
  wrappedKey: Buffer | null;
  sealed: SealedPerson;
}
