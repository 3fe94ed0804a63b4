import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('sessions', (table) => {
    table
      .uuid('replaced_by')
      .nullable()
      .references('sessions.id')
      .comment('the session that went on in this browser for the same account; sensitive=false');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('sessions', (table) => {
    table.dropColumn('replaced_by');
  });
}
