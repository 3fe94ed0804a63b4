import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('sessions', (table) => {
    table.comment('Signed-in browsers; the cookie holds the token, we hold its keyed digest');
    table.uuid('id').primary().comment('session id; sensitive=false');
    table
      .specificType('token_digest', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed digest; sensitive=true');
    table
      .text('kind')
      .notNullable()
      .checkIn(['subscriber', 'officer'])
      .comment('portal or console; sensitive=false');
    table
      .uuid('account_id')
      .notNullable()
      .references('accounts.id')
      .comment('whose; sensitive=false');
    table
      .uuid('passkey_id')
      .notNullable()
      .references('passkeys.id')
      .comment('signed in with; sensitive=false');
    table
      .smallint('aal')
      .notNullable()
      .checkBetween([1, 3])
      .comment('AAL of the sign-in; sensitive=false');
    table.specificType('amr', 'text[]').notNullable().comment('RFC 8176 methods; sensitive=false');
    table
      .timestamp('auth_time')
      .notNullable()
      .comment('when the passkey was used; sensitive=false');
    table.timestamp('created_at').notNullable().comment('start; sensitive=false');
    table.timestamp('last_seen_at').notNullable().comment('last request; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('end at the latest; sensitive=false');
    table.timestamp('ended_at').nullable().comment('ended early; sensitive=false');
    table.text('ended_reason').nullable().comment('why it ended early; sensitive=false');
    table.index(['account_id', 'ended_at']);
    table.index(['passkey_id']);
    table.index(['expires_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('sessions');
}
