import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('rate_limits', (table) => {
    table.comment('Counters of rate-limiter-flexible, shared by all nodes');
    table.string('key', 255).primary().comment('limit name and keyed digest; sensitive=false');
    table.integer('points').notNullable().defaultTo(0).comment('calls counted; sensitive=false');
    table.bigInteger('expire').nullable().comment('end of the window, ms; sensitive=false');
    table.index(['expire']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('rate_limits');
}
