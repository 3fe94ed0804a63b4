import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('contact_addresses', (table) => {
    table.comment('Where notices go; only confirmed addresses are ever stored here');
    table.uuid('id').primary().comment('address id; sensitive=false');
    account(table, 'whose');
    table.text('kind').notNullable().checkIn(['email']).comment('kind of address; sensitive=false');
    bytes(table, 'address').comment('encrypted: the address; sensitive=true');
    // One address, one account: it is how recovery and the "already known" mail find the account.
    bytes(table, 'address_key').unique().comment('keyed digest of the address; sensitive=true');
    table.timestamp('confirmed_at').notNullable().comment('code came back; sensitive=false');
    table.index(['account_id']);
  });

  await knex.schema.createTable('pending_registrations', (table) => {
    table.comment('People on their way to an account; removed when it is made, or in an hour');
    table.uuid('id').primary().comment('registration id; sensitive=false');
    bytes(table, 'token_digest')
      .unique()
      .comment('keyed digest of the cookie that names it; sensitive=true');
    table
      .uuid('data_key_id')
      .notNullable()
      .references('data_keys.id')
      .comment('its key, which becomes the key of the account; sensitive=false');
    bytes(table, 'address').comment('encrypted: the address; sensitive=true');
    bytes(table, 'address_key').comment('keyed digest of the address; sensitive=true');
    bytes(table, 'user_handle').comment(
      'WebAuthn user handle of the account to be; sensitive=false',
    );
    // A known address walks the same path to the same refusal: nothing outside shows the difference.
    table
      .boolean('address_known')
      .notNullable()
      .comment('an account has the address, so no code opens this; sensitive=true');
    table.text('lang').notNullable().comment('language of pages and notices; sensitive=false');
    table.text('return_to').notNullable().comment('own path to go on at; sensitive=false');
    table.text('code_hash').notNullable().comment('argon2id of the contact code; sensitive=true');
    table
      .integer('tries_left')
      .notNullable()
      .checkBetween([0, 5])
      .comment('tries left for the code; sensitive=false');
    table.timestamp('code_expires_at').notNullable().comment('end of the code; sensitive=false');
    table.timestamp('confirmed_at').nullable().comment('code came back; sensitive=false');
    table.timestamp('created_at').notNullable().comment('begun; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('removed then; sensitive=false');
    table.index(['expires_at']);
  });

  await knex.schema.createTable('passkey_challenges', (table) => {
    table.comment('WebAuthn challenges that were handed out; used or expired ones are deleted');
    bytes(table, 'challenge_digest')
      .primary()
      .comment('keyed digest of the challenge; sensitive=true');
    table
      .text('purpose')
      .notNullable()
      .checkIn(['register', 'sign_in', 'add', 'officer_register', 'officer_sign_in', 'recover'])
      .comment('the one act it is good for; sensitive=false');
    table
      .text('subject')
      .notNullable()
      .comment('the registration, account, link or browser it was made for; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('end; sensitive=false');
    table.index(['expires_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['passkey_challenges', 'pending_registrations', 'contact_addresses'])
    await knex.schema.dropTable(table);
}

function account(table: Knex.CreateTableBuilder, what: string): void {
  table
    .uuid('account_id')
    .notNullable()
    .references('accounts.id')
    .comment(`${what}; sensitive=false`);
}

function bytes(table: Knex.CreateTableBuilder, column: string): Knex.ColumnBuilder {
  return table.specificType(column, 'bytea').notNullable();
}
