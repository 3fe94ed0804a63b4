import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('recovery_codes', (table) => {
    table.comment('The saved recovery code of an account: opens recovery, signs nobody in');
    table.uuid('account_id').primary().references('accounts.id').comment('whose; sensitive=false');
    table.text('code_hash').notNullable().comment('argon2id of the code; sensitive=true');
    table.timestamp('created_at').notNullable().comment('made; sensitive=false');
  });

  await knex.schema.createTable('account_changes', (table) => {
    table.comment('Changes that wait 72 h, so that the holder can stop a thief (DESIGN section 9)');
    table.uuid('id').primary().comment('change id; sensitive=false');
    account(table);
    table
      .text('kind')
      .notNullable()
      .checkIn(['remove_passkey', 'recover'])
      .comment('what will happen; sensitive=false');
    table
      .uuid('passkey_id')
      .nullable()
      .references('passkeys.id')
      .comment('which passkey goes; sensitive=false');
    table
      .specificType('token_digest', 'bytea')
      .nullable()
      .unique()
      .comment('keyed digest of the link that ends a recovery; sensitive=true');
    table
      .text('state')
      .notNullable()
      .checkIn(['waiting', 'done', 'cancelled'])
      .comment('how far it got; sensitive=false');
    table.timestamp('created_at').notNullable().comment('asked for; sensitive=false');
    table.timestamp('takes_effect_at').notNullable().comment('not before then; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('not after then; sensitive=false');
    table.timestamp('settled_at').nullable().comment('done or cancelled; sensitive=false');
  });
  await knex.raw(
    `alter table account_changes
       add check ((kind = 'remove_passkey') = (passkey_id is not null)),
       add check ((kind = 'recover') = (token_digest is not null)),
       add check ((state = 'waiting') = (settled_at is null))`,
  );
  await knex.raw(
    `create unique index account_changes_one_waiting on account_changes
       (account_id, kind, coalesce(passkey_id, account_id)) where state = 'waiting'`,
  );

  await knex.schema.createTable('freeze_links', (table) => {
    table.comment('Links of notices by which the holder freezes their ID from any phone');
    table
      .specificType('token_digest', 'bytea')
      .primary()
      .comment('keyed digest of the token; sensitive=true');
    account(table);
    table.timestamp('created_at').notNullable().comment('sent; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('end; sensitive=false');
    table.timestamp('used_at').nullable().comment('first used; sensitive=false');
    table.index(['account_id']);
  });

  await knex.schema.createTable('officer_invitations', (table) => {
    table.comment('Single-use links by which officers register their first passkey');
    table.uuid('id').primary().comment('invitation id; sensitive=false');
    table
      .specificType('token_digest', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed digest of the token; sensitive=true');
    account(table);
    table.timestamp('created_at').notNullable().comment('made; sensitive=false');
    table.timestamp('expires_at').notNullable().comment('end; sensitive=false');
    table.timestamp('used_at').nullable().comment('passkey registered; sensitive=false');
    table.index(['account_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['officer_invitations', 'freeze_links', 'account_changes', 'recovery_codes'])
    await knex.schema.dropTable(table);
}

function account(table: Knex.CreateTableBuilder): void {
  table
    .uuid('account_id')
    .notNullable()
    .references('accounts.id')
    .comment('whose; sensitive=false');
}
