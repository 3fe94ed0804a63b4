import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('visa_stickers', (table) => {
    table.comment(
      'Visa stickers that applicants show beside their passport: zone and seal, held against passport and register; giving one is optional',
    );
    table.uuid('id').primary().comment('row; sensitive=false');
    table
      .uuid('case_id')
      .notNullable()
      .references('cases.id')
      .comment('the case that it was given to; sensitive=false');
    table
      .uuid('document_examination_id')
      .notNullable()
      .references('case_examinations.id')
      .comment('the document that it was held against; sensitive=false');
    table
      .text('outcome')
      .notNullable()
      .checkIn(['agrees', 'differs', 'unread'])
      .comment('what came of it; sensitive=true');
    table
      .specificType('content', 'bytea')
      .notNullable()
      .comment('zone, seal and findings, encrypted; sensitive=true');
    table.timestamp('given_at').notNullable().comment('when; sensitive=false');
    table
      .uuid('set_aside_by')
      .nullable()
      .references('accounts.id')
      .comment('officer who found the difference explained; sensitive=false');
    table.timestamp('set_aside_at').nullable().comment('when; sensitive=false');
    table
      .specificType('note', 'bytea')
      .nullable()
      .comment('their words, encrypted; sensitive=true');
    table.index(['case_id', 'given_at']);
  });
  await knex.raw(`alter table visa_stickers
    add check ((set_aside_by is null) = (set_aside_at is null)),
    add check (set_aside_at is null or outcome = 'differs')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('visa_stickers');
}
