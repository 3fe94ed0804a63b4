import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('stay_rule_sets', (table) => {
    table.comment(
      'Versions of the dated rules of stays; the highest is in force, each rule from its own day',
    );
    table.integer('version').primary().comment('1, 2, 3 …; sensitive=false');
    table.text('title').notNullable().comment('what the set is; sensitive=false');
    table
      .text('sha256')
      .notNullable()
      .comment('of title and rules: the set in force is not imported again; sensitive=false');
    table.specificType('rules', 'jsonb').notNullable().comment('the rules; sensitive=false');
    table.timestamp('imported_at').notNullable().comment('when; sensitive=false');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('stay_rule_sets');
}
