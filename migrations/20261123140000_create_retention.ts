import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createHolds(knex);
  await createReports(knex);
  await createReminders(knex);
  await createStayChecks(knex);
  // What the purge walks by: without these each of its steps would read whole tables.
  await knex.raw(`
    create index case_evidence_kept on case_evidence (kind, created_at) where wiped_at is null;
    create index cases_closed on cases (closed_at) where closed_at is not null;
    create index cases_of_person on cases (person_id) where person_id is not null;
    create index messages_settled on messages (settled_at) where settled_at is not null;
    create index sessions_replaced on sessions (replaced_by) where replaced_by is not null;
    create index persons_erased on persons (erased_at) where erased_at is not null;
    create index foreign_ids_state_since on foreign_ids (state, state_since)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index case_evidence_kept; drop index cases_closed; drop index cases_of_person; drop index messages_settled;
    drop index sessions_replaced; drop index persons_erased; drop index foreign_ids_state_since;
    drop view held_cases; drop view held_accounts; drop view held_persons`);
  for (const table of ['stay_checks', 'reminders', 'purge_reports', 'legal_holds'])
    await knex.schema.dropTable(table);
}

async function createHolds(knex: Knex): Promise<void> {
  await knex.schema.createTable('legal_holds', (table) => {
    table.comment(
      'Orders to keep what is on record of a person or a case: nothing of it is purged',
    );
    table.uuid('id').primary().comment('hold id; sensitive=false');
    table
      .uuid('person_id')
      .nullable()
      .references('persons.id')
      .comment('whose records; sensitive=false');
    // No foreign key: a released hold outlives the case that it was about.
    table.uuid('case_id').nullable().comment('which case; sensitive=false');
    table
      .text('reason')
      .notNullable()
      .checkIn(['court_order', 'investigation', 'dispute', 'audit'])
      .comment('why, a code; sensitive=true');
    table
      .text('reference')
      .notNullable()
      .comment('number of the order in the books of who gave it; sensitive=true');
    table.timestamp('placed_at').notNullable().comment('since when; sensitive=false');
    table.timestamp('released_at').nullable().comment('until when; sensitive=false');
    table.index(['person_id']);
    table.index(['case_id']);
  });
  await knex.raw(`
    alter table legal_holds add check ((person_id is null) <> (case_id is null)),
      add check (released_at >= placed_at);
    create unique index legal_holds_once on legal_holds (coalesce(person_id, case_id), reason, reference)
      where released_at is null;
    create view held_persons as
      select person_id from legal_holds where released_at is null and person_id is not null
      union
      select c.person_id from legal_holds h join cases c on c.id = h.case_id
       where h.released_at is null and c.person_id is not null;
    create view held_accounts as
      select a.account_id from person_accounts a join held_persons p on p.person_id = a.person_id
      union
      select c.account_id from cases c join held_persons p on p.person_id = c.person_id
      union
      select c.account_id from legal_holds h join cases c on c.id = h.case_id where h.released_at is null;
    create view held_cases as
      select c.id as case_id from cases c join held_accounts a on a.account_id = c.account_id`);
}

async function createReports(knex: Knex): Promise<void> {
  await knex.schema.createTable('purge_reports', (table) => {
    table.comment('What the purge removed of each class on each day, and what it left');
    table.text('class').notNullable().comment('class of the retention table; sensitive=false');
    table.date('day').notNullable().comment('UTC; sensitive=false');
    table.date('rule_since').notNullable().comment('the rule that was in force; sensitive=false');
    table
      .timestamp('cutoff')
      .notNullable()
      .comment('everything whose term began before then was due; sensitive=false');
    table.integer('removed').notNullable().comment('so many went; sensitive=false');
    table.integer('held').nullable().comment('due, kept by a legal hold; sensitive=false');
    table.integer('overdue').nullable().comment('due, and still there; sensitive=false');
    table.timestamp('oldest_left').nullable().comment('oldest term left; sensitive=false');
    table
      .specificType('digest', 'bytea')
      .notNullable()
      .comment('SHA-256 chained over the ids of what went; sensitive=false');
    table.timestamp('started_at').notNullable().comment('first step; sensitive=false');
    table.timestamp('finished_at').nullable().comment('nothing was left to do; sensitive=false');
    table.primary(['class', 'day']);
    table.index(['day']);
  });
  await knex.raw(`alter table purge_reports add check (removed >= 0), add check (octet_length(digest) = 32),
    add check ((finished_at is null) = (overdue is null) and (finished_at is null) = (held is null))`);
}

async function createReminders(knex: Knex): Promise<void> {
  await knex.schema.createTable('reminders', (table) => {
    table.comment(
      'What a holder, and the services that know them, were told of a day that comes: each once',
    );
    table
      .uuid('person_id')
      .notNullable()
      .references('persons.id')
      .comment('whose; sensitive=false');
    table
      .text('kind')
      .notNullable()
      .checkIn(['document', 'stay', 'proof'])
      .comment('what ends; sensitive=false');
    table.date('due_on').notNullable().comment('its day; sensitive=true');
    table
      .smallint('days_before')
      .notNullable()
      .comment('30, 7, 1; 0: it has ended; sensitive=false');
    table.timestamp('told_at').notNullable().comment('when; sensitive=false');
    // A job that runs twice tells once; a day that moved is another day.
    table.primary(['person_id', 'kind', 'due_on', 'days_before']);
    table.index(['told_at']);
  });
  await knex.raw('alter table reminders add check (days_before in (0, 1, 7, 30))');
}

async function createStayChecks(knex: Knex): Promise<void> {
  await knex.schema.createTable('stay_checks', (table) => {
    table.comment('When the register was last asked anew about a stay on record, and what it said');
    table.uuid('person_id').primary().references('persons.id').comment('whose; sensitive=false');
    table.timestamp('asked_at').notNullable().comment('when; sensitive=false');
    table
      .text('outcome')
      .notNullable()
      .checkIn(['changed', 'unchanged', 'no_record', 'no_answer'])
      .comment('what came of it; sensitive=false');
    table.timestamp('ask_after').notNullable().comment('not again before; sensitive=false');
    table.index(['ask_after']);
  });
}
