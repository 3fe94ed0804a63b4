import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('data_keys', (table) => {
    table.comment('One key per person or account; destroying it erases what it encrypted');
    table.uuid('id').primary().comment('key id; sensitive=false');
    table
      .specificType('wrapped_key', 'bytea')
      .nullable()
      .comment('data key under the key-encryption key; null once destroyed; sensitive=true');
    table.timestamp('created_at').notNullable().comment('when it was made; sensitive=false');
    table.timestamp('destroyed_at').nullable().comment('when it was destroyed; sensitive=false');
  });
  await knex.raw(
    'alter table data_keys add check ((wrapped_key is null) = (destroyed_at is not null))',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('data_keys');
}
