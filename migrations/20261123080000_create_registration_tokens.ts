import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('registration_tokens', (table) => {
    table.comment('Initial access tokens (RFC 7591 §3): who may register services by program');
    table.uuid('id').primary().comment('row id; sensitive=false');
    table
      .specificType('token_digest', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed SHA-256 of the token; sensitive=true');
    table
      .uuid('agency_id')
      .notNullable()
      .references('agencies.id')
      .comment('whose services; sensitive=false');
    table
      .jsonb('terms')
      .notNullable()
      .comment('policy fields of each service so registered; sensitive=false');
    table.integer('services_left').notNullable().comment('may register so many; sensitive=false');
    table.timestamp('created_at').notNullable().comment('issued; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('worth nothing after; sensitive=false');
  });
  await knex.raw('alter table registration_tokens add check (services_left >= 0)');

  await knex.schema.alterTable('services', (table) => {
    table
      .specificType('management_digest', 'bytea')
      .nullable()
      .unique()
      .comment('keyed SHA-256 of its registration access token (RFC 7592); sensitive=true');
    table
      .uuid('registration_token_id')
      .nullable()
      .references('registration_tokens.id')
      .comment('the initial access token it was registered with; sensitive=false');
  });
  const { rows }: { rows: { conname: string }[] } = await knex.raw(
    `select conname from pg_constraint where conrelid = 'services'::regclass and contype = 'c'
       and pg_get_constraintdef(oid) like '%suspended%'`,
  );
  for (const { conname } of rows)
    await knex.raw('alter table services drop constraint ??', [conname]);
  await knex.raw(
    `alter table services
       add constraint services_state check (state in ('active', 'suspended', 'removed')),
       add constraint services_managed check ((management_digest is null) = (registration_token_id is null))`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('services', (table) => {
    table.dropColumns('management_digest', 'registration_token_id');
  });
  await knex.schema.dropTable('registration_tokens');
}
