import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('reminders', (table) => {
    table.setNullable('told_at');
    table.timestamp('planned_at').nullable().comment('put down to be told; sensitive=false');
  });
  await knex.raw(`
    comment on column reminders.told_at is 'when; null: waits; sensitive=false';
    create index reminders_waiting on reminders (planned_at, person_id) where told_at is null;
    create index stay_facts_as_of on stay_facts (as_of)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index reminders_waiting; drop index stay_facts_as_of');
  await knex('reminders').whereNull('told_at').delete();
  await knex.schema.alterTable('reminders', (table) => {
    table.dropColumn('planned_at');
    table.dropNullable('told_at');
  });
}
