import type { Knex } from 'knex';

/** Guardians sign in for their wards: where they may, whom a grant is about, and who agreed for whom. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('services', (table) => {
    table
      .boolean('representation')
      .notNullable()
      .defaultTo(false)
      .comment('a guardian may sign in for a ward here; sensitive=false');
  });
  await knex.schema.alterTable('oidc_grants', (table) => {
    table
      .uuid('ward_account_id')
      .nullable()
      .references('accounts.id')
      .comment('whom it is about, where account_id is their guardian; sensitive=false');
  });
  await knex.schema.alterTable('oidc_consents', (table) => {
    table
      .uuid('guardian_account_id')
      .nullable()
      .references('accounts.id')
      .comment('who agreed for the ward; sensitive=false');
    table
      .uuid('ward_account_id')
      .nullable()
      .references('accounts.id')
      .comment('whose claims a guardian agreed to share; sensitive=false');
    table.index(['guardian_account_id', 'given_at']);
    table.index(['ward_account_id', 'given_at']);
  });
  // What people agree to for themselves stays under account_id, as former code writes and reads it.
  await knex.raw(`
    alter table oidc_consents
      alter column account_id drop not null,
      add constraint oidc_consents_party check (
        (account_id is null) = (ward_account_id is not null)
        and (guardian_account_id is null) = (ward_account_id is null)
        and guardian_account_id is distinct from coalesce(ward_account_id, account_id));
    comment on column oidc_consents.account_id is
      'who agreed for themselves; null where a guardian did; sensitive=false';
    create unique index oidc_consents_one_for_ward
      on oidc_consents (ward_account_id, guardian_account_id, service_id) where ended_at is null`);
}

export async function down(knex: Knex): Promise<void> {
  await knex('oidc_consents').whereNotNull('ward_account_id').delete();
  await knex('oidc_grants').whereNotNull('ward_account_id').delete();
  await knex.raw(`
    alter table oidc_consents
      drop constraint oidc_consents_party,
      alter column account_id set not null;
    comment on column oidc_consents.account_id is 'who; sensitive=false'`);
  await knex.schema.alterTable('oidc_consents', (table) => {
    table.dropColumns('guardian_account_id', 'ward_account_id');
  });
  await knex.schema.alterTable('oidc_grants', (table) => table.dropColumn('ward_account_id'));
  await knex.schema.alterTable('services', (table) => table.dropColumn('representation'));
}
