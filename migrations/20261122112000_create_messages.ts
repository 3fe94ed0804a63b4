import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('messages', (table) => {
    table.comment('Notices to people, one row an address; the words are made when it is sent');
    table.uuid('id').primary().comment('message id; sensitive=false');
    table
      .uuid('account_id')
      .nullable()
      .references('accounts.id')
      .comment('whose notice; null before there is an account; sensitive=false');
    table
      .uuid('data_key_id')
      .notNullable()
      .references('data_keys.id')
      .comment('key of its fields; sensitive=false');
    table.text('template').notNullable().comment('which notice; sensitive=false');
    table.text('lang').notNullable().comment('language of the notice; sensitive=false');
    table
      .specificType('recipient', 'bytea')
      .nullable()
      .comment('encrypted: the address; null once sent or given up; sensitive=true');
    table
      .specificType('params', 'bytea')
      .nullable()
      .comment('encrypted: codes and links in it; null once sent or given up; sensitive=true');
    table
      .text('state')
      .notNullable()
      .checkIn(['queued', 'sent', 'failed'])
      .comment('how far it got; sensitive=false');
    table.integer('attempts').notNullable().defaultTo(0).comment('tries so far; sensitive=false');
    table.timestamp('created_at').notNullable().comment('queued; sensitive=false');
    table.timestamp('settled_at').nullable().comment('sent or given up; sensitive=false');
    table.index(['account_id', 'created_at']);
    table.index(['data_key_id']);
  });
  await knex.raw(
    `alter table messages
       add check ((state = 'queued') = (recipient is not null and params is not null)),
       add check ((state = 'queued') = (settled_at is null))`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('messages');
}
