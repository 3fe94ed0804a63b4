import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('accounts', (table) => {
    table.comment('Accounts of subscribers and officers');
    table.uuid('id').primary().comment('account id; sensitive=false');
    table
      .text('kind')
      .notNullable()
      .checkIn(['subscriber', 'officer'])
      .comment('whose account; sensitive=false');
    table
      .text('state')
      .notNullable()
      .checkIn(['active', 'blocked', 'closed'])
      .comment('may it sign in; sensitive=false');
    table
      .uuid('data_key_id')
      .notNullable()
      .references('data_keys.id')
      .comment('its key; sensitive=false');
    table
      .specificType('user_handle', 'bytea')
      .notNullable()
      .unique()
      .comment('random WebAuthn user handle (§5.4.3); sensitive=false');
    table
      .specificType('display_name', 'bytea')
      .nullable()
      .comment('encrypted name of an officer; sensitive=true');
    table
      .text('lang')
      .notNullable()
      .defaultTo('en')
      .comment('language of pages and notices; sensitive=false');
    table
      .integer('failed_attempts')
      .notNullable()
      .defaultTo(0)
      .comment('consecutive wrong recovery codes; sensitive=false');
    table.timestamp('created_at').notNullable().comment('when it was made; sensitive=false');
  });

  await knex.schema.createTable('officer_roles', (table) => {
    table.comment('What an officer may do');
    table
      .uuid('account_id')
      .notNullable()
      .references('accounts.id')
      .comment('the officer; sensitive=false');
    table
      .text('role')
      .notNullable()
      .checkIn(['officer', 'supervisor', 'registrar', 'client_manager', 'auditor'])
      .comment('role; sensitive=false');
    table.timestamp('granted_at').notNullable().comment('since when; sensitive=false');
    table.primary(['account_id', 'role']);
  });

  await knex.schema.createTable('passkeys', (table) => {
    table.comment('WebAuthn credentials; a removed one is kept for the audit trail');
    table.uuid('id').primary().comment('our id; sensitive=false');
    table
      .uuid('account_id')
      .notNullable()
      .references('accounts.id')
      .comment('whose; sensitive=false');
    table
      .specificType('credential_id', 'bytea')
      .notNullable()
      .unique()
      .comment('credential id; sensitive=false');
    table
      .specificType('public_key', 'bytea')
      .notNullable()
      .comment('COSE public key; sensitive=false');
    table
      .bigInteger('counter')
      .notNullable()
      .comment('signature counter last seen; sensitive=false');
    table.specificType('transports', 'text[]').notNullable().comment('transports; sensitive=false');
    table.text('aaguid').notNullable().comment('authenticator model; sensitive=false');
    table.boolean('backup_eligible').notNullable().comment('may be synced; sensitive=false');
    table.boolean('backed_up').notNullable().comment('is synced; sensitive=false');
    table
      .boolean('hardware_attested')
      .notNullable()
      .defaultTo(false)
      .comment('device-bound hardware key by its FIDO Metadata entry; sensitive=false');
    table
      .specificType('label', 'bytea')
      .notNullable()
      .comment('encrypted: what its owner calls it; sensitive=true');
    table.timestamp('created_at').notNullable().comment('registered; sensitive=false');
    table.timestamp('last_used_at').nullable().comment('last sign-in; sensitive=false');
    table.timestamp('removed_at').nullable().comment('removed; sensitive=false');
    table.index(['account_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('passkeys');
  await knex.schema.dropTable('officer_roles');
  await knex.schema.dropTable('accounts');
}
