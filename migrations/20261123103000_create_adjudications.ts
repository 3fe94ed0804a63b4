import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_adjudications', (table) => {
    table.comment('What officers settled about persons on record, for a case that was held');
    table.uuid('id').primary().comment('row id; sensitive=false');
    table.uuid('case_id').notNullable().references('cases.id').comment('case; sensitive=false');
    table.integer('case_version').notNullable().comment('that they saw; sensitive=false');
    table
      .text('kind')
      .notNullable()
      .checkIn(['renewal', 'second_document', 'another_person'])
      .comment('what they found; sensitive=true');
    table
      .uuid('replaces')
      .nullable()
      .references('travel_documents.id')
      .comment('document that the new one replaces; sensitive=false');
    table
      .text('portraits')
      .nullable()
      .checkIn(['match', 'differ', 'not_available'])
      .comment('how the earlier portrait compares; sensitive=true');
    table
      .specificType('dismissed', 'uuid[]')
      .notNullable()
      .comment('persons found to be somebody else; sensitive=true');
    table.text('reason').notNullable().comment('reason code of the approval; sensitive=true');
    table
      .uuid('officer_id')
      .notNullable()
      .references('accounts.id')
      .comment('first officer; sensitive=false');
    table.timestamp('at').notNullable().comment('when; sensitive=false');
    table
      .uuid('second_officer_id')
      .nullable()
      .references('accounts.id')
      .comment('second officer; sensitive=false');
    table.timestamp('settled_at').nullable().comment('carried out, or off; sensitive=false');
    table.text('outcome').nullable().comment('what came of it, a code; sensitive=true');
    table.index(['case_id', 'at']);
  });
  await knex.raw(
    `alter table case_adjudications
       add check (second_officer_id <> officer_id),
       add check ((settled_at is null) = (outcome is null)),
       add check ((kind = 'another_person') = (portraits is null)),
       add check ((kind = 'renewal') = (replaces is not null))`,
  );
  await knex.raw(
    `create unique index case_adjudications_one_waiting on case_adjudications (case_id)
       where settled_at is null`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('case_adjudications');
}
