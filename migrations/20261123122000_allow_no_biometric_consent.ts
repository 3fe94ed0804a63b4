import type { Knex } from 'knex';

/** Who proves a document by a code shows no face: a consent nobody needs is none to ask for. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table cases
      alter column biometric_consent_at drop not null,
      add constraint cases_biometric_consent check (biometric_consent_at is not null or (
        pathway = 'data_page' and portrait_examination_id is null))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table cases
      drop constraint cases_biometric_consent,
      alter column biometric_consent_at set not null`);
}
