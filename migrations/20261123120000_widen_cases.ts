import type { Knex } from 'knex';

/** What a case of any pathway may have on file besides document, register and portrait. */
const FACTS = ['confirmation', 'second_document', 'code', 'face', 'sample'] as const;

export async function up(knex: Knex): Promise<void> {
  await dropChecks(knex, 'cases', ['step', 'clone_check', 'hold_reason', 'asked_again']);
  await dropChecks(knex, 'case_examinations', ['kind']);
  await dropChecks(knex, 'case_decisions', ['kind', 'outcome']);
  await knex.schema.alterTable('cases', (table) => {
    table
      .text('document_check')
      .nullable()
      .checkIn(['chip', 'data_page', 'inspected'])
      .comment('how the document on file was examined; sensitive=false');
    for (const fact of FACTS) {
      table
        .uuid(`${fact}_examination_id`)
        .nullable()
        .comment(`examination: ${fact}; sensitive=false`);
      table.timestamp(`${fact}_at`).nullable().comment(`when: ${fact}; sensitive=false`);
    }
    table
      .uuid('proposed_by')
      .nullable()
      .references('accounts.id')
      .comment('officer who would approve; a second one must confirm; sensitive=false');
    table.text('proposed_reason').nullable().comment('reason code of theirs; sensitive=true');
    table.timestamp('proposed_at').nullable().comment('when they did; sensitive=false');
    table
      .specificType('review_reasons', 'text[]')
      .nullable()
      .comment('why the policy left it to an officer, codes; null: not judged yet; sensitive=true');
    table
      .uuid('opened_by')
      .nullable()
      .references('accounts.id')
      .comment('account that acts in it where that is not its own: a guardian; sensitive=false');
    table
      .timestamp('sample_consented_at')
      .nullable()
      .comment('separate consent to keep a biometric sample; sensitive=false');
    table
      .timestamp('sample_withdrawn_at')
      .nullable()
      .comment('that consent taken back; sensitive=false');
    table.timestamp('reminded_at').nullable().comment('told that it ends soon; sensitive=false');
  });
  await knex.raw(`
    update cases set document_check = 'chip' where document_examination_id is not null;
    drop index cases_one_open;
    drop index cases_queue;
    create unique index cases_one_open on cases (account_id)
      where step not in ('approved', 'refused', 'withdrawn', 'expired');
    create index cases_queue on cases (created_at, id)
      where step not in ('approved', 'refused', 'withdrawn', 'expired');
    create index cases_opened_by on cases (opened_by, created_at) where opened_by is not null;
    alter table cases
      add constraint cases_step_known check (step in ('document', 'confirmation', 'second_document', 'portrait',
        'face', 'register', 'review', 'approved', 'refused', 'withdrawn', 'expired')),
      add constraint cases_clone_check_known check (clone_check in ('passed', 'unsupported', 'no_chip')),
      add constraint cases_hold_reason_code check (hold_reason ~ '^[a-z_]{1,40}$'),
      add constraint cases_asked_again_known check (asked_again in
        ('portrait_unclear', 'portrait_not_live', 'document_unclear')),
      add constraint cases_closed check ((closed_at is not null)
        = (step in ('approved', 'refused', 'withdrawn', 'expired'))),
      add constraint cases_approved check ((person_id is not null) = (step = 'approved')),
      add constraint cases_refused check ((refusal_category is not null) = (step = 'refused')),
      add constraint cases_document check ((document_examination_id is null) = (document_check is null)),
      add constraint cases_chip check (document_check is null
        or (document_check = 'chip') = (clone_check is distinct from 'no_chip')),
      add constraint cases_past_document check (step not in ('portrait', 'register', 'review') or (
        document_examination_id is not null and clone_check is not null
        and document_examined_at is not null and register_request_id is not null)),
      add constraint cases_past_holder check (step not in ('register', 'review') or (
        pathway = 'counter' and face_examination_id is not null
        or pathway = 'data_page' and (portrait_examination_id is not null or code_examination_id is not null)
        or pathway = 'chip' and portrait_examination_id is not null)),
      add constraint cases_reviewed check (step <> 'review' or (register_examination_id is not null
        and register_finding is not null and register_answered_at is not null)),
      add constraint cases_proposal check ((proposed_by is null) = (proposed_at is null)
        and (proposed_by is null) = (proposed_reason is null)),
      add constraint cases_not_proposed_by_holder check (proposed_by <> account_id and proposed_by <> opened_by),
      add constraint cases_not_opened_by_reviewer check (officer_id <> opened_by),
      add constraint cases_sample check (sample_examination_id is null or sample_consented_at is not null);
    alter table case_examinations add constraint case_examinations_kind_known check (kind in
      ('document', 'register', 'portrait', 'confirmation', 'second_document', 'code', 'face', 'sample'));
    alter table case_decisions
      alter column officer_id drop not null,
      add constraint case_decisions_kind_known check (kind in ('approve', 'confirm', 'refuse', 'ask_again')),
      add constraint case_decisions_outcome_known check (outcome in ('approved', 'proposed', 'refused', 'asked_again',
        'held', 'register_asked_again'))`);
  for (const fact of FACTS)
    await knex.raw(
      `alter table cases add constraint cases_${fact}_at check ((${fact}_examination_id is null) = (${fact}_at is null))`,
    );
  await knex.schema.alterTable('case_decisions', (table) => {
    table
      .text('policy')
      .nullable()
      .comment('version of the policy that decided without an officer; sensitive=false');
  });
  await knex.raw(`alter table case_decisions add constraint case_decisions_by
    check ((officer_id is null) = (policy is not null))`);
}

export function down(): Promise<void> {
  throw new Error('Forward only: cases of new pathways would not fit the old shape.');
}

/** Checks of a table that speak of a column; those made with it have names by position. */
async function dropChecks(knex: Knex, table: string, columns: readonly string[]): Promise<void> {
  const { rows } = await knex.raw<{ rows: { conname: string }[] }>(
    `select distinct c.conname from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      where c.conrelid = ?::regclass and c.contype = 'c' and a.attname = any (?)`,
    [table, [...columns]],
  );
  for (const { conname } of rows)
    await knex.raw('alter table ?? drop constraint ??', [table, conname]);
}
