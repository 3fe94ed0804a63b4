import type { Knex } from 'knex';

/** A receipt tells what the person was told: the purpose as it stood then. Older ones have none. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('oidc_consents', (table) => {
    table.text('purpose_en').nullable().comment('purpose as shown then, English; sensitive=false');
    table.text('purpose_th').nullable().comment('purpose as shown then, Thai; sensitive=false');
  });
  await knex.raw(
    `alter table oidc_consents
       add constraint oidc_consents_purpose check ((purpose_en is null) = (purpose_th is null))`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('oidc_consents', (table) => {
    table.dropColumns('purpose_en', 'purpose_th');
  });
}
