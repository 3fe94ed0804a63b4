import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, DataKeyId, PersonId, RowId } from '../lib/ids.ts';
import type { ForeignIdState } from './id-lifecycle.ts';

export type LookUpAnswerKind = 'in_use' | 'not_in_use' | 'no_answer';

/** Who stands behind a number today, at the end of all merges. */
export interface NumberInForce {
  personId: PersonId;
  /** Whether the number asked about is the one that counts. */
  isCurrent: boolean;
  accountId: AccountId | null;
  erased: boolean;
  foreignId: { id: RowId; number: Buffer; state: ForeignIdState };
  dataKeyId: DataKeyId;
  wrappedKey: Buffer | null;
}

/** Look-ups of one service go one after the other, on whatever node they come in: their misses are counted exactly. */
export async function lockLookUpsOf(tx: Tx, serviceId: string): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, [
    `number_look_ups ${serviceId}`,
  ]);
}

/** Look-ups of a service since a time that told nothing: how many, and the earliest. */
export async function countMisses(
  tx: Tx,
  by: { serviceId: string; since: Date },
): Promise<{ count: number; earliest: Date | null }> {
  const row = await tx('number_look_ups')
    .where({ service_id: by.serviceId, result: 'no_answer' })
    .where('asked_at', '>', by.since)
    .first<{ count: string; earliest: Date | null }>(
      tx.raw('count(*) as count, min(asked_at) as earliest'),
    );
  return { count: Number(row?.count ?? 0), earliest: row?.earliest ?? null };
}

/** One statement whatever the number is: found or not, merged once or more, erased. */
export async function findNumberInForce(tx: Tx, numberKey: Buffer): Promise<NumberInForce | null> {
  const { rows } = await tx.raw<{ rows: InForceRow[] }>(
    `with recursive chain as (
       select p.id, p.merged_into, 0 as step
         from foreign_ids f join persons p on p.id = f.person_id where f.number_key = ?
       union all
       select p.id, p.merged_into, c.step + 1
         from chain c join persons p on p.id = c.merged_into where c.step < 16
     )
     select c.id as person_id, c.step, p.erased_at is not null as erased, pa.account_id,
            f.id as foreign_id, f.number, f.state, p.data_key_id, k.wrapped_key
       from chain c
       join persons p on p.id = c.id
       join foreign_ids f on f.person_id = c.id
       join data_keys k on k.id = p.data_key_id
       left join person_accounts pa on pa.person_id = c.id
      where c.merged_into is null`,
    [numberKey],
  );
  const [row] = rows;
  if (!row) return null;
  return {
    personId: row.person_id,
    isCurrent: row.step === 0,
    accountId: row.account_id,
    erased: row.erased,
    foreignId: { id: row.foreign_id, number: row.number, state: row.state },
    dataKeyId: row.data_key_id,
    wrappedKey: row.wrapped_key,
  };
}

interface InForceRow {
  person_id: PersonId;
  step: number;
  erased: boolean;
  account_id: AccountId | null;
  foreign_id: RowId;
  number: Buffer;
  state: ForeignIdState;
  data_key_id: DataKeyId;
  wrapped_key: Buffer | null;
}

export interface LookUpRow {
  id: RowId;
  serviceId: string;
  agreementId: RowId;
  personId: PersonId | null;
  result: LookUpAnswerKind;
  toldState: ForeignIdState | null;
  askedAt: Date;
}

export async function insertLookUp(
  tx: Tx,
  row: LookUpRow & { numberDigest: Buffer },
): Promise<void> {
  await tx('number_look_ups').insert({
    id: row.id,
    service_id: row.serviceId,
    agreement_id: row.agreementId,
    person_id: row.personId,
    number_digest: row.numberDigest,
    result: row.result,
    told_state: row.toldState,
    asked_at: row.askedAt,
  });
}

/** Look-ups that found one of these persons, latest first. */
export async function listLookUps(
  db: Db | Tx,
  by: { personIds: readonly PersonId[]; limit: number },
): Promise<LookUpRow[]> {
  const rows = await db('number_look_ups')
    .whereIn('person_id', by.personIds)
    .orderBy([
      { column: 'asked_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(by.limit)
    .select('id', 'service_id', 'agreement_id', 'person_id', 'result', 'told_state', 'asked_at');
  return rows.map((row) => ({
    id: row.id as RowId,
    serviceId: row.service_id as string,
    agreementId: row.agreement_id as RowId,
    personId: row.person_id as PersonId | null,
    result: row.result as LookUpAnswerKind,
    toldState: row.told_state as ForeignIdState | null,
    askedAt: row.asked_at as Date,
  }));
}

export interface LookUpAlarm {
  id: RowId;
  serviceId: string;
  misses: number;
  windowSeconds: number;
  raisedAt: Date;
}

export async function insertAlarm(tx: Tx, alarm: LookUpAlarm): Promise<void> {
  await tx('number_look_up_alarms').insert({
    id: alarm.id,
    service_id: alarm.serviceId,
    misses: alarm.misses,
    window_seconds: alarm.windowSeconds,
    raised_at: alarm.raisedAt,
  });
}

/** Alarms since a time, latest first. */
export async function listAlarms(
  db: Db | Tx,
  by: { since: Date; limit: number },
): Promise<LookUpAlarm[]> {
  const rows = await db('number_look_up_alarms')
    .where('raised_at', '>', by.since)
    .orderBy('raised_at', 'desc')
    .limit(by.limit)
    .select('id', 'service_id', 'misses', 'window_seconds', 'raised_at');
  return rows.map((row) => ({
    id: row.id as RowId,
    serviceId: row.service_id as string,
    misses: row.misses as number,
    windowSeconds: row.window_seconds as number,
    raisedAt: row.raised_at as Date,
  }));
}
