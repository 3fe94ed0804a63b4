import { expect } from 'vitest';
import type { Db } from '../../src/lib/database.ts';

/** Audit rows of one action, with their details as JSON. */
const audit = (action: string) =>
  `(select subject_id, actor_kind, actor_id, details::json as details from audit_events where action = '${action}')`;

/** What must hold in the register at any moment, each with a query that gives the rows that break it. */
const WHOLE: Readonly<Record<string, string>> = {
  'an ID is in the state that its history ends with, and has as many lines as changes': `
    select f.id from foreign_ids f where f.state_version <>
      (select count(*) from foreign_id_transitions t where t.foreign_id_id = f.id)
      or not exists (select from foreign_id_transitions t
        where t.foreign_id_id = f.id and t.version = f.state_version and t.to_state = f.state)`,
  'each line of history starts where the one before ended': `
    select t.id from foreign_id_transitions t
      left join foreign_id_transitions b on b.foreign_id_id = t.foreign_id_id and b.version = t.version - 1
     where t.from_state <> coalesce(b.to_state, 'reserved')`,
  'each change of state has one audit row, of the same actor and reason': `
    select t.id from foreign_id_transitions t where 1 <> (select count(*) from ${audit('registry.id_state_changed')} e
      where e.details->>'foreignId' = t.foreign_id_id::text and (e.details->>'version')::int = t.version
        and e.details->>'reason' = t.reason and e.details->>'from' = t.from_state and e.details->>'to' = t.to_state
        and e.actor_kind = t.actor_kind and e.actor_id is not distinct from t.actor_id)`,
  'no audit row tells of a change that is not in the history': `
    select e.subject_id from ${audit('registry.id_state_changed')} e where not exists (
      select from foreign_id_transitions t where e.details->>'foreignId' = t.foreign_id_id::text
         and (e.details->>'version')::int = t.version)`,
  'each change of state has one status event': `
    select f.id, s.reason from foreign_ids f
      join lateral (select from_state, to_state, reason, count(*) from foreign_id_transitions t
                     where t.foreign_id_id = f.id group by 1, 2, 3) s on true
     where s.count <> (select count(*) from status_events e where e.person_id = f.person_id and e.kind = 'id_state_changed'
        and e.to_state = s.to_state and e.reason = s.reason and e.from_state = s.from_state)`,
  'each status event has its job': `
    select s.id from status_events s where 1 <> (select count(*) from graphile_worker._private_jobs j
      where j.payload->>'eventId' = s.id::text)`,
  'who is merged has an audit row and an event of it, and an ID that is superseded': `
    select p.id from persons p where p.merged_into is not null and not (
      (select count(*) from ${audit('registry.persons_merged')} e where e.subject_id = p.id::text)
        > (select count(*) from ${audit('registry.person_split')} e where e.details->>'otherPersonId' = p.id::text)
      and exists (select from status_events s where s.person_id = p.id and s.kind = 'identifier_changed'
        and s.other_person_id = p.merged_into)
      and not exists (select from foreign_ids f where f.person_id = p.id and f.state <> 'superseded'))`,
  'an ID is superseded only while its holder goes by another': `
    select f.id from foreign_ids f join persons p on p.id = f.person_id
     where f.state = 'superseded' and p.merged_into is null`,
  'an agreed change is effective if and only if it was done, once': `
    select r.id from registry_proposals r where (r.state = 'effective')::int <> case r.kind
      when 'merge' then (select count(*) from ${audit('registry.persons_merged')} e where e.details->>'proposalId' = r.id::text)
      when 'split' then (select count(*) from ${audit('registry.person_split')} e where e.details->>'proposalId' = r.id::text)
      else (select count(*) from foreign_ids f join foreign_id_transitions t on t.foreign_id_id = f.id
             where f.person_id = r.person_id and t.to_state = r.to_state and t.reason = r.reason) end`,
  'each word of two officers is on the trail: proposed once, and each decision once': `
    select r.id from registry_proposals r
     where 1 <> (select count(*) from ${audit('registry.change_proposed')} e where e.details->>'proposalId' = r.id::text)
        or (r.decided_by is not null and r.state <> 'failed')
           and 1 <> (select count(*) from ${audit('registry.change_decided')} e
             where e.details->>'proposalId' = r.id::text and e.details->>'outcome' = r.state)`,
  'two parties of a split are both told': `
    select e.subject_id from ${audit('registry.person_split')} e where not exists (
      select from status_events s join status_events o on o.person_id = s.other_person_id and o.other_person_id = s.person_id
       where s.kind = 'identity_split' and o.kind = 'identity_split' and s.person_id::text = e.subject_id
         and o.person_id::text = e.details->>'otherPersonId')`,
  'who is erased has neither key nor account; who is not has a key': `
    select p.id from persons p join data_keys k on k.id = p.data_key_id
     where (p.erased_at is not null) <> (k.wrapped_key is null)
        or (p.erased_at is not null and exists (select from person_accounts l where l.person_id = p.id))`,
  'each erasure is told and on the trail, and leaves every document recognisable': `
    select p.id from persons p where p.erased_at is not null and not (
      exists (select from ${audit('registry.person_erased')} e where e.subject_id = p.id::text)
      and exists (select from status_events s where s.person_id = p.id and s.kind = 'person_erased')
      and not exists (select from travel_documents d where d.person_id = p.id and d.number_tombstone is null))`,
  'a document and the proofs made by it are one person’s': `
    select p.id from identity_proofs p join travel_documents d on d.id = p.travel_document_id where p.person_id <> d.person_id`,
  'nobody is on record without a document, a proof and a way to be found by name': `
    select p.id from persons p where not exists (select from travel_documents d where d.person_id = p.id)
      or not exists (select from identity_proofs i where i.person_id = p.id)
      or (p.erased_at is null and not exists (select from person_name_keys n where n.person_id = p.id))`,
  'each number has the case that it was issued by, and each case one': `
    select f.id from foreign_ids f where not exists (select from identity_proofs p where p.case_id = f.issue_key)`,
};

/** No state without its history, audit row and event; nothing half-merged, half-split or half-erased. */
export async function expectWhole(db: Db): Promise<void> {
  for (const [sentence, sql] of Object.entries(WHOLE)) {
    const { rows } = await db.raw<{ rows: unknown[] }>(sql);
    expect(rows, sentence).toEqual([]);
  }
}

const TABLES = [
  'data_keys',
  'persons',
  'person_name_keys',
  'person_accounts',
  'travel_documents',
  'identity_proofs',
  'foreign_ids',
  'foreign_id_transitions',
  'stay_facts',
  'registry_proposals',
  'status_events',
  'audit_events',
  'graphile_worker._private_jobs',
];

/** A digest of every row that an act may touch. */
export async function digestOfAll(db: Db): Promise<string> {
  const parts = TABLES.map(
    (table) => `(select md5(string_agg(t::text, '|' order by t::text)) from ${table} t)`,
  );
  const { rows } = await db.raw<{ rows: { digest: string }[] }>(
    `select concat_ws(' ', ${parts.join(', ')}) as digest`,
  );
  return rows[0]!.digest;
}
