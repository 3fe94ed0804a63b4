import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('number_look_ups', (table) => {
    table.comment('Which service asked about a foreign-national ID, and what it was told');
    table.uuid('id').primary().comment('look-up id; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('who asked; sensitive=false');
    table
      .uuid('agreement_id')
      .notNullable()
      .references('agreements.id')
      .comment('by which agreement, with its purpose; sensitive=false');
    table
      .uuid('person_id')
      .nullable()
      .references('persons.id')
      .comment('whom it found, also where nothing was told; sensitive=true');
    table
      .specificType('number_digest', 'bytea')
      .notNullable()
      .comment('keyed digest of what was asked about, as on the audit trail; sensitive=true');
    table.text('result').notNullable().comment('what was answered; sensitive=true');
    table
      .text('told_state')
      .nullable()
      .comment('the state, where it was told as well; sensitive=true');
    table.timestamp('asked_at').notNullable().comment('when; sensitive=false');
    table.index(['person_id', 'asked_at']);
    table.index(['service_id', 'asked_at']);
    table.index(['asked_at']);
    table.check(
      "result in ('in_use', 'not_in_use', 'no_answer')",
      {},
      'number_look_ups_result_check',
    );
    table.check(
      "result <> 'no_answer' or told_state is null",
      {},
      'number_look_ups_told_state_check',
    );
  });

  await knex.schema.createTable('number_look_up_alarms', (table) => {
    table.comment('Services that asked about more numbers without an answer than honest work does');
    table.uuid('id').primary().comment('alarm id; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('which service; sensitive=false');
    table.integer('misses').notNullable().comment('so many without an answer; sensitive=false');
    table.integer('window_seconds').notNullable().comment('within so long; sensitive=false');
    table.timestamp('raised_at').notNullable().comment('when; sensitive=false');
    table.index(['raised_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('number_look_up_alarms');
  await knex.schema.dropTable('number_look_ups');
}
