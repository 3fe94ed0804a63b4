import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await widenPersons(knex);
  await createCrossReferences(knex);
  await createProposals(knex);
  await createStatusEvents(knex);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['status_events', 'registry_proposals', 'cross_references'])
    await knex.schema.dropTable(table);
  await knex.schema.alterTable('stay_facts', (table) => table.dropColumn('abroad_since'));
  await knex.schema.alterTable('travel_documents', (table) =>
    table.dropColumns('holder', 'replaced_on', 'replaced_by', 'number_tombstone'),
  );
  await knex.schema.alterTable('persons', (table) =>
    table.dropColumns('merged_into', 'merged_at', 'erased_at'),
  );
}

async function widenPersons(knex: Knex): Promise<void> {
  await knex.schema.alterTable('persons', (table) => {
    table
      .uuid('merged_into')
      .nullable()
      .references('persons.id')
      .comment('the same human under another number, which counts; sensitive=false');
    table.timestamp('merged_at').nullable().comment('since when; sensitive=false');
    table.timestamp('erased_at').nullable().comment('key destroyed; sensitive=false');
    table.index(['merged_into']);
  });
  await knex.raw(
    `alter table persons add check (merged_into <> id),
       add check ((merged_into is null) = (merged_at is null))`,
  );
  await knex.schema.alterTable('travel_documents', (table) => {
    table
      .specificType('holder', 'bytea')
      .nullable()
      .comment('encrypted: its holder as it tells them, JSON; sensitive=true');
    table.date('replaced_on').nullable().comment('another took its place then; sensitive=false');
    table
      .uuid('replaced_by')
      .nullable()
      .references('travel_documents.id')
      .comment('which one; sensitive=false');
    table
      .specificType('number_tombstone', 'bytea')
      .nullable()
      .comment(
        'the number of an erased holder, for whoever proves this document again; sensitive=true',
      );
  });
  await knex.raw(
    `alter table travel_documents add check (replaced_by <> id),
       add check (replaced_by is null or replaced_on is not null)`,
  );
  await knex.schema.alterTable('stay_facts', (table) => {
    table.date('abroad_since').nullable().comment('left, and not come back; sensitive=true');
    table.index(['abroad_since']);
  });
}

async function createCrossReferences(knex: Knex): Promise<void> {
  await knex.schema.createTable('cross_references', (table) => {
    table.comment('Numbers that other registers gave a person (the crosswalk)');
    table.uuid('id').primary().comment('row id; sensitive=false');
    table
      .uuid('person_id')
      .notNullable()
      .references('persons.id')
      .comment('whose; sensitive=false');
    table
      .text('kind')
      .notNullable()
      .checkIn([
        'civil_registration',
        'alien_certificate',
        'tax',
        'social_security',
        'work_permit',
        'immigration_person',
      ])
      .comment('which number; sensitive=false');
    table
      .specificType('number', 'bytea')
      .notNullable()
      .comment('encrypted: the number; sensitive=true');
    table
      .specificType('number_key', 'bytea')
      .notNullable()
      .comment('keyed digest of kind and number; sensitive=true');
    table.text('source').notNullable().comment('who told it, a code; sensitive=false');
    table
      .timestamp('verified_at')
      .nullable()
      .comment('when its register confirmed it; sensitive=false');
    table.date('valid_from').nullable().comment('first day; sensitive=true');
    table.date('valid_until').nullable().comment('last day; sensitive=true');
    table.timestamp('recorded_at').notNullable().comment('recorded; sensitive=false');
    table.timestamp('ended_at').nullable().comment('counts no more since; sensitive=false');
    table.index(['person_id']);
  });
  await knex.raw(
    `create unique index cross_references_one_holder on cross_references (number_key)
       where ended_at is null`,
  );
  await knex.raw(
    `alter table cross_references add check (octet_length(number_key) = 32),
       add check (valid_until >= valid_from)`,
  );
}

async function createProposals(knex: Knex): Promise<void> {
  await knex.schema.createTable('registry_proposals', (table) => {
    table.comment('What one officer may not do alone: proposed by one, approved by another');
    table.uuid('id').primary().comment('proposal id; sensitive=false');
    table
      .text('kind')
      .notNullable()
      .checkIn(['merge', 'split', 'state_change'])
      .comment('what; sensitive=false');
    table
      .uuid('person_id')
      .notNullable()
      .references('persons.id')
      .comment('whom it is about; of a merge the survivor; sensitive=false');
    table
      .uuid('other_person_id')
      .nullable()
      .references('persons.id')
      .comment('who is merged, or was; sensitive=false');
    table
      .specificType('document_ids', 'uuid[]')
      .nullable()
      .comment('documents to split off; sensitive=false');
    table.text('to_state').nullable().comment('state that the ID shall have; sensitive=false');
    table.text('reason').notNullable().comment('reason code; sensitive=false');
    table
      .specificType('note', 'bytea')
      .nullable()
      .comment('encrypted: the words of the proposer; sensitive=true');
    table
      .text('state')
      .notNullable()
      .checkIn(['proposed', 'approved', 'effective', 'rejected', 'withdrawn', 'objected', 'failed'])
      .comment('how far; sensitive=false');
    table.uuid('proposed_by').notNullable().comment('officer; sensitive=false');
    table.timestamp('proposed_at').notNullable().comment('when; sensitive=false');
    table.uuid('decided_by').nullable().comment('second officer; sensitive=false');
    table.timestamp('decided_at').nullable().comment('when; sensitive=false');
    table.timestamp('effective_at').nullable().comment('not before; sensitive=false');
    table.timestamp('settled_at').nullable().comment('done, or off; sensitive=false');
    table.index(['person_id', 'proposed_at']);
    table.index(['other_person_id']);
  });
  await knex.raw(
    `alter table registry_proposals
       add check (decided_by <> proposed_by),
       add check (person_id <> other_person_id),
       add check (decided_by is not null or state in ('proposed', 'withdrawn', 'objected')),
       add check ((settled_at is null) = (state in ('proposed', 'approved'))),
       add check (effective_at is not null or state not in ('approved', 'effective')),
       add check (kind <> 'merge' or (other_person_id is not null and document_ids is null)),
       add check (kind <> 'split' or (other_person_id is null) = (document_ids is not null)),
       add check ((kind = 'state_change') = (to_state is not null))`,
  );
  // One open proposal a person: two that are both right alone may be wrong together.
  await knex.raw(
    `create unique index registry_proposals_one_open on registry_proposals (person_id)
       where state in ('proposed', 'approved')`,
  );
  await knex.raw(
    `create unique index registry_proposals_one_open_other on registry_proposals (other_person_id)
       where state in ('proposed', 'approved')`,
  );
}

async function createStatusEvents(knex: Knex): Promise<void> {
  await knex.schema.createTable('status_events', (table) => {
    table.comment('What services that know a person must be told; sent by a later domain');
    table.uuid('id').primary().comment('event id; sensitive=false');
    table.text('kind').notNullable().comment('what happened, a code; sensitive=false');
    table
      .uuid('person_id')
      .notNullable()
      .references('persons.id')
      .comment('to whom; sensitive=false');
    table
      .uuid('other_person_id')
      .nullable()
      .references('persons.id')
      .comment('of a merge or split: the other one; sensitive=false');
    table.text('from_state').nullable().comment('state of the ID before; sensitive=false');
    table.text('to_state').nullable().comment('and after; sensitive=false');
    table.text('reason').nullable().comment('reason code; sensitive=false');
    table.timestamp('doubtful_from').nullable().comment('start of the doubt; sensitive=false');
    table.timestamp('doubtful_until').nullable().comment('end of the doubt; sensitive=false');
    table.timestamp('at').notNullable().comment('when; sensitive=false');
    table.index(['person_id', 'at']);
  });
  await knex.raw(
    `alter table status_events
       add check ((doubtful_from is null) = (doubtful_until is null)),
       add check (doubtful_from <= doubtful_until)`,
  );
}
