import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('watch_checks', (table) => {
    table.comment('When lost-or-stolen and watch lists were last asked about a person on record');
    table.uuid('person_id').primary().references('persons.id').comment('whom; sensitive=false');
    table.timestamp('asked_at').notNullable().comment('last time; sensitive=false');
    table
      .text('outcome')
      .notNullable()
      .checkIn(['answered', 'no_answer', 'nothing_to_ask'])
      .comment('whether all lists spoke, not what they said; sensitive=false');
    table.timestamp('ask_after').notNullable().comment('not again before; sensitive=false');
    table.index(['ask_after']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('watch_checks');
}
