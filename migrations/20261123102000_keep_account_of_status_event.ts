import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('status_events', (table) => {
    table
      .uuid('account_id')
      .nullable()
      .comment('who signed in as them then: the link may be gone later; sensitive=false');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('status_events', (table) => table.dropColumn('account_id'));
}
