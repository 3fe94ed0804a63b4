import type { Db, Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import type { DueKind, Reminder, StayToAsk } from './due-dates.ts';

/** Whom one tells: on record, under a number that counts, with an account. */
const LIVING = `join persons p on p.id = t.person_id and p.erased_at is null and p.merged_into is null
  join person_accounts a on a.person_id = t.person_id
  left join foreign_ids f on f.person_id = t.person_id`;
const OPEN = "(f.state is null or f.state in ('provisional', 'active', 'dormant'))";

/** The day on which the last of what a person has of a kind ends; an earlier one of the same kind needs no word. */
const DUE: Record<DueKind, string> = {
  document: `select t.person_id, t.expires_on as due_on from travel_documents t ${LIVING}
     where t.expires_on between :from and :until and t.lost_at is null and t.replaced_on is null and ${OPEN}
       and not exists (select 1 from travel_documents o where o.person_id = t.person_id and o.id <> t.id
             and o.lost_at is null and o.replaced_on is null
             and (o.expires_on is null or o.expires_on > t.expires_on))`,
  stay: `select t.person_id, t.admitted_until as due_on from stay_facts t ${LIVING}
     where t.admitted_until between :from and :until and t.status in ('lawful_until', 'under_consideration')
       and ${OPEN}`,
  proof: `select t.person_id, t.reproof_due_on as due_on from identity_proofs t ${LIVING}
     where t.reproof_due_on between :from and :until and t.issuer_compromised_at is null and ${OPEN}
       and not exists (select 1 from identity_proofs o where o.person_id = t.person_id
             and o.issuer_compromised_at is null and o.reproof_due_on > t.reproof_due_on)`,
};

/** Puts down whom to tell, each day of each person once; gives how many were new. */
export async function planReminders(
  tx: Tx,
  plan: { kind: DueKind; daysBefore: number; from: string; until: string; at: Date },
): Promise<number> {
  const result = await tx.raw<{ rowCount: number }>(
    `insert into reminders (person_id, kind, due_on, days_before, planned_at)
     select distinct person_id, :kind, due_on, :daysBefore::smallint, :at::timestamptz from (${DUE[plan.kind]}) due
         on conflict do nothing`,
    { ...plan },
  );
  return result.rowCount;
}

/** Reminders that wait, oldest first, locked; those that another job has just now are passed over. */
export async function takeWaitingReminders(tx: Tx, limit: number): Promise<Reminder[]> {
  const { rows } = await tx.raw<{ rows: Reminder[] }>(
    `select r.person_id as "personId", a.account_id as "accountId", r.kind, r.due_on as "dueOn",
            r.days_before as "daysBefore"
       from reminders r left join person_accounts a on a.person_id = r.person_id
      where r.told_at is null order by r.planned_at, r.person_id limit ? for update of r skip locked`,
    [limit],
  );
  return rows;
}

export async function markReminded(
  tx: Tx,
  reminders: readonly Reminder[],
  at: Date,
): Promise<void> {
  await tx.raw(
    `update reminders r set told_at = ? from unnest(?::uuid[], ?::text[], ?::date[], ?::smallint[])
       as told (person_id, kind, due_on, days_before)
      where r.person_id = told.person_id and r.kind = told.kind and r.due_on = told.due_on
        and r.days_before = told.days_before`,
    [
      at,
      reminders.map(({ personId }) => personId),
      reminders.map(({ kind }) => kind),
      reminders.map(({ dueOn }) => dueOn),
      reminders.map(({ daysBefore }) => daysBefore),
    ],
  );
}

export async function countWaitingReminders(db: Db | Tx): Promise<number> {
  const row = await db('reminders').whereNull('told_at').count({ rows: '*' }).first();
  return Number(row?.rows);
}

const ASKABLE = `${LIVING} left join stay_checks k on k.person_id = t.person_id
  where (k.ask_after is null or k.ask_after <= :now) and ${OPEN}`;

/** Stays that end between two days and may be asked about again, soonest first. */
export async function listEndingStays(
  db: Db | Tx,
  by: { from: string; until: string; now: Date; limit: number },
): Promise<StayToAsk[]> {
  const { rows } = await db.raw<{ rows: StayToAsk[] }>(
    `select t.person_id as "personId", true as "endsSoon" from stay_facts t ${ASKABLE}
        and t.admitted_until between :from and :until order by t.admitted_until limit :limit`,
    { ...by },
  );
  return rows;
}

/** Stays of which the register last spoke before a time and that may be asked about again, longest ago first. */
export async function listStaleStays(
  db: Db | Tx,
  by: { asOfBefore: Date; now: Date; limit: number },
): Promise<StayToAsk[]> {
  const { rows } = await db.raw<{ rows: StayToAsk[] }>(
    `select t.person_id as "personId", false as "endsSoon" from stay_facts t ${ASKABLE}
        and t.as_of < :asOfBefore order by t.as_of limit :limit`,
    { ...by },
  );
  return rows;
}

/** When somebody was asked about last, and when to ask again: the register about a stay, or the watch lists. */
export async function upsertCheck(
  db: Db | Tx,
  table: 'stay_checks' | 'watch_checks',
  check: { personId: PersonId; askedAt: Date; outcome: string; askAfter: Date },
): Promise<void> {
  await db(table)
    .insert({
      person_id: check.personId,
      asked_at: check.askedAt,
      outcome: check.outcome,
      ask_after: check.askAfter,
    })
    .onConflict('person_id')
    .merge();
}

/** Whom to ask lists about: those whose turn came longest ago, then those who were never asked about. */
export async function listPersonsToWatch(
  db: Db | Tx,
  by: { now: Date; limit: number },
): Promise<PersonId[]> {
  const { rows } = await db.raw<{ rows: { id: PersonId }[] }>(
    `(select k.person_id as id from watch_checks k join persons t on t.id = k.person_id
        ${LIVING.replaceAll('t.person_id', 't.id')}
       where k.ask_after <= :now and ${OPEN} order by k.ask_after limit :limit)
     union all
     (select t.id from persons t ${LIVING.replaceAll('t.person_id', 't.id')}
       where not exists (select 1 from watch_checks k where k.person_id = t.id) and ${OPEN}
       order by t.id limit :limit)
     limit :limit`,
    { ...by },
  );
  return rows.map(({ id }) => id);
}
