import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('audit_events', (table) => {
    table.comment(
      'What happened, by whom, to what: appended in the transaction of the change itself',
    );
    table.uuid('id').primary().comment('event id; sensitive=false');
    table.timestamp('at').notNullable().comment('when; sensitive=false');
    table.text('action').notNullable().comment('domain.thing_happened; sensitive=false');
    table.text('actor_kind').notNullable().comment('who acted: kind; sensitive=false');
    table.text('actor_id').nullable().comment('who acted: id in our own tables; sensitive=false');
    table.text('subject_kind').notNullable().comment('acted upon: kind; sensitive=false');
    table
      .text('subject_id')
      .nullable()
      .comment('acted upon: id in our own tables; sensitive=false');
    table
      .text('details')
      .notNullable()
      .comment('canonical JSON (RFC 8785), never personal data; sensitive=false');
    table.index(['subject_kind', 'subject_id', 'at']);
    table.index(['actor_id', 'at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('audit_events');
}
