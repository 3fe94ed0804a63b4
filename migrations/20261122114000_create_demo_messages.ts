import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('demo_messages', (table) => {
    table.comment('Mailbox of the sandbox: what a mail relay would have sent. Empty in production');
    table.uuid('id').primary().comment('message id; sensitive=false');
    table
      .uuid('data_key_id')
      .notNullable()
      .references('data_keys.id')
      .comment('its key; sensitive=false');
    table
      .specificType('content', 'bytea')
      .notNullable()
      .comment('encrypted: recipient, subject and words; sensitive=true');
    table.timestamp('sent_at').notNullable().comment('when; sensitive=false');
    table.index(['sent_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('demo_messages');
}
