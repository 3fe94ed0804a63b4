import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('status_notices', (table) => {
    table.comment('A status event as one agency must be told of it; sent by the exchange');
    table
      .uuid('event_id')
      .notNullable()
      .references('status_events.id')
      .comment('what happened; sensitive=false');
    table
      .uuid('agency_id')
      .notNullable()
      .references('agencies.id')
      .comment('who is told; sensitive=false');
    table.text('sub').notNullable().comment('whom it is about, as they know them; sensitive=false');
    table
      .text('new_sub')
      .nullable()
      .comment('of a changed identifier: the one that counts from now on; sensitive=false');
    table.timestamp('addressed_at').notNullable().comment('written; sensitive=false');
    table.timestamp('sent_at').nullable().comment('told; sensitive=false');
    table.primary(['event_id', 'agency_id']);
    table.index(['agency_id', 'sent_at']);
  });
  await knex.raw('alter table status_notices add check (new_sub <> sub)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('status_notices');
}
