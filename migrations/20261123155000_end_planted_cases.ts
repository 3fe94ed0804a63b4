import type { Knex } from 'knex';

/** What an officer decides on a planted case ends it and binds nothing: an outcome of its own, and a final one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table case_decisions
      drop constraint case_decisions_outcome_known,
      add constraint case_decisions_outcome_known check (outcome in ('approved', 'proposed', 'refused', 'asked_again',
        'held', 'register_asked_again', 'planted'));
    drop index case_decisions_final;
    create unique index case_decisions_final on case_decisions (case_id)
      where outcome in ('approved', 'refused', 'planted')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table case_decisions
      drop constraint case_decisions_outcome_known,
      add constraint case_decisions_outcome_known check (outcome in ('approved', 'proposed', 'refused', 'asked_again',
        'held', 'register_asked_again'));
    drop index case_decisions_final;
    create unique index case_decisions_final on case_decisions (case_id)
      where outcome in ('approved', 'refused')`);
}
